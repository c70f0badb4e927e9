"""RabbitMQ: FastStream consumes, aio-pika publishes with confirms, the topology is declared from data."""

from chassis.amqp.amqp_bus import AmqpBus
from chassis.amqp.declare import TopologyMismatch, apply, missing
from chassis.amqp.publisher import AmqpPublisher

__all__ = ["AmqpBus", "AmqpPublisher", "TopologyMismatch", "apply", "missing"]
