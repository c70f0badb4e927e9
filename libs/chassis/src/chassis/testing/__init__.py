"""For tests of the whole workspace: a private RabbitMQ node, a server of MongoDB's protocol, and their fixtures."""
