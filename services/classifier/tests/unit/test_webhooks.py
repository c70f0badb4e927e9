"""Signed pushes: the receiver can prove the sender and dedup; whatever is not accepted is tried again."""

import hashlib
import hmac

import httpx
import pytest
from pydantic import SecretStr

from classifier.settings import ClassifierSettings, Webhook
from classifier.webhooks import LineAway, SignedWebhooks

SECRET = "0123456789abcdef"
BODY = b'{"type":"handover"}'


def _hooks(handler: httpx.MockTransport) -> SignedWebhooks:
    table = {"119": Webhook.model_validate({"url": "https://line.example/hook", "secret": SecretStr(SECRET)})}
    return SignedWebhooks(table, lambda: 1_772_413_200.4, transport=handler)


async def test_a_push_is_signed_over_time_and_body_and_carries_the_stable_id() -> None:
    seen: list[httpx.Request] = []

    def line(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(204)

    hooks = _hooks(httpx.MockTransport(line))
    await hooks.push("119", "m1", BODY)
    await hooks.push("110", "m2", BODY)
    await hooks.stop()
    (request,) = seen
    timestamp = request.headers["X-Hotline-Timestamp"]
    digest = hmac.new(SECRET.encode(), timestamp.encode() + b"." + BODY, hashlib.sha256).hexdigest()
    assert request.headers["X-Hotline-Signature"] == f"sha256={digest}"
    assert (request.headers["X-Hotline-Delivery"], request.content) == ("m1", BODY)


@pytest.mark.parametrize("status", [301, 400, 500])
async def test_what_the_line_does_not_accept_is_a_passing_failure(status: int) -> None:
    hooks = _hooks(httpx.MockTransport(lambda _: httpx.Response(status, headers={"Location": "https://evil.example"})))
    with pytest.raises(LineAway, match=rf"^line 119: status {status}$"):
        await hooks.push("119", "m1", BODY)
    await hooks.stop()


async def test_an_unreachable_line_is_a_passing_failure_that_names_no_address() -> None:
    def away(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("https://line.example/hook refused", request=request)

    hooks = _hooks(httpx.MockTransport(away))
    with pytest.raises(LineAway, match=r"^line 119: ConnectError$"):
        await hooks.push("119", "m1", BODY)
    await hooks.stop()


def test_with_a_broker_the_service_leaves_the_queues_of_lines_that_read_them_alone() -> None:
    settings = ClassifierSettings(amqp_url=SecretStr("amqp://x"), amqp_lines=("119",))
    assert settings.served_lines == ("110", "120", "122", "96333")
    assert ClassifierSettings(amqp_lines=("119",)).served_lines == settings.emergency_lines
