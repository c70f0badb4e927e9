"""Where each service's process finds its own broker user and its own database user, as patches of its Deployment."""

from typing import Any

from deploy.generate.broker_resources import secret_of

from contracts.words import Service

BROKER_ADDRESS = "amqp://$(BROKER_USER):$(BROKER_PASSWORD)@broker:5672/"
"""Put together by the kubelet; the password is made of letters, digits, - and _."""


def broker_patches() -> list[dict[str, Any]]:
    """``AMQP_URL`` of each service from the Secret of its broker user."""
    return [
        _patch(
            service,
            [
                _from_secret("BROKER_USER", secret_of(service), "username"),
                _from_secret("BROKER_PASSWORD", secret_of(service), "password"),
                {"name": "AMQP_URL", "value": BROKER_ADDRESS},
            ],
        )
        for service in Service
    ]


def store_secret(service: Service) -> str:
    """The Secret in which the MongoDB operator writes the connection string of a service's database user."""
    return f"store-connection-{service}"


def store_patches() -> list[dict[str, Any]]:
    """``MONGO_URL`` of each service from the connection string that the operator writes."""
    return [
        _patch(service, [_from_secret("MONGO_URL", store_secret(service), "connectionString.standard")])
        for service in Service
    ]


def store_users() -> list[dict[str, Any]]:
    """One database user for each service, with rights to its own database alone; and one that reads metrics."""
    users = [
        {
            "name": str(service),
            "db": "admin",
            "passwordSecretRef": {"name": f"store-user-{service}"},
            "scramCredentialsSecretName": f"store-{service}",
            "connectionStringSecretName": store_secret(service),
            "roles": [{"name": "readWrite", "db": f"hotline_{service.replace('-', '_')}"}],
        }
        for service in Service
    ]
    metrics = {
        "name": "metrics",
        "db": "admin",
        "passwordSecretRef": {"name": "store-user-metrics"},
        "scramCredentialsSecretName": "store-metrics",
        "connectionStringSecretName": "store-connection-metrics",
        "roles": [{"name": "clusterMonitor", "db": "admin"}, {"name": "read", "db": "local"}],
    }
    return [*users, metrics]


def store_users_patch() -> dict[str, Any]:
    """The users as a patch of the MongoDBCommunity ``store``."""
    return {
        "apiVersion": "mongodbcommunity.mongodb.com/v1",
        "kind": "MongoDBCommunity",
        "metadata": {"name": "store"},
        "spec": {"users": store_users()},
    }


def _patch(service: Service, environment: list[dict[str, Any]]) -> dict[str, Any]:
    container = {"name": "service", "env": environment}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": f"hotline-{service}"},
        "spec": {"template": {"spec": {"containers": [container]}}},
    }


def _from_secret(name: str, secret: str, key: str) -> dict[str, Any]:
    return {"name": name, "valueFrom": {"secretKeyRef": {"name": secret, "key": key}}}
