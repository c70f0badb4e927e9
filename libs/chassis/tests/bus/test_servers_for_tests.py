"""The order in which tests find their servers."""

import pytest

from chassis.testing.servers import Origin, origin


def _never() -> bool:
    pytest.fail("the engine is asked though the environment names a server")


def test_the_environment_comes_first_and_the_engine_is_not_asked_then() -> None:
    assert Origin.ENVIRONMENT is origin("AMQP_URL", {"AMQP_URL": "amqp://there/"}, _never)


@pytest.mark.parametrize("environment", [{}, {"MONGO_URL": ""}, {"AMQP_URL": "amqp://there/"}])
def test_a_container_comes_before_the_local_server(environment: dict[str, str]) -> None:
    assert Origin.CONTAINER is origin("MONGO_URL", environment, lambda: True)
    assert Origin.LOCAL is origin("MONGO_URL", environment, lambda: False)
