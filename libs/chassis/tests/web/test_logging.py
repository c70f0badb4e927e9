"""Log lines are JSON on one stream, carry their ids, and never what somebody sent."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from chassis import tracing
from chassis.bus import Permanent
from chassis.logging import configure, logger

PHONE = "13812345678"


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    stream = io.StringIO()
    configure("intake", "INFO", stream)
    yield stream
    root.handlers[:], level = before
    root.setLevel(level)
    structlog.reset_defaults()


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_carries_service_and_ids(stream):
    with tracing.within(tracing.start()) as trace:
        logger("dispatcher").info("order dispatched", unit="water-group")
    (line,) = lines(stream)
    expected = ("dispatcher", "order dispatched", trace.correlation_id, trace.trace_id, "water-group")
    assert expected == tuple(line[k] for k in ("service", "event", "correlation_id", "trace_id", "unit"))


@pytest.mark.parametrize(
    "value",
    [
        PHONE,
        int(PHONE),
        f"call {PHONE} back",
        {"deep": [{"er": PHONE}]},
        {"caller": "张伟强"},
        {PHONE: 1},
        (f"身份证410402199001011234{PHONE}",),
        "豫D12345",
        "a.b@qq.com",
        ValueError(PHONE),
        PHONE.encode(),
        "Bearer abcdefghijklmnop",
    ],
)
def test_nothing_personal_passes_in_any_value(stream, value):
    logger("intake").warning("a thing happened", value=value)
    written = stream.getvalue()
    planted = (PHONE, "张伟强", "410402199001011234", "D12345", "a.b@qq.com", "abcdefghijklmnop")
    assert len(lines(stream)) == 1
    assert [word for word in planted if word in written] == []


def test_keys_that_hold_what_people_say_are_hidden_whatever_they_hold(stream):
    logger("intake").info("registered", text="灯不亮", query_code="ABCD2345", appeal="a-1")
    (line,) = lines(stream)
    assert (line["text"], line["query_code"], line["appeal"]) == ("[hidden]", "[hidden]", "a-1")


def test_an_exception_is_written_as_its_class_and_its_way_without_its_text(stream):
    try:
        try:
            raise KeyError("张伟强 lives at 人民路")
        except KeyError as error:
            raise ValueError(f"bad {PHONE}") from error
    except ValueError:
        logger("intake").exception("failed")
    (line,) = lines(stream)
    trail = line["exception"]
    assert isinstance(trail, list)
    assert [entry for entry in trail if not entry.startswith(" ")] == ["ValueError", "KeyError"]
    assert [word for word in (PHONE, "张伟强", "人民路") if word in stream.getvalue()] == []


def test_an_exception_of_ours_keeps_its_words(stream):
    logger("intake").error("parked", exc_info=Permanent("the version is not known"))
    assert "Permanent: the version is not known" in stream.getvalue()


def test_a_library_is_quoted_without_its_arguments_and_further_lines(stream):
    logging.getLogger("aio_pika").warning("Cannot decode %s", "人民路停电")
    logging.getLogger("asyncio").error("Task exception was never retrieved\nfuture: <Task ValueError('人民路停电')>")
    assert [line["event"] for line in lines(stream)] == ["Cannot decode %s", "Task exception was never retrieved"]
    assert "人民路" not in stream.getvalue()


def test_libraries_are_quiet_about_every_message(stream):
    logging.getLogger("uvicorn.access").info("GET /?phone=%s", PHONE)
    logging.getLogger("faststream").info("Received")
    assert lines(stream) == []


def test_a_correlation_id_from_outside_is_believed_only_as_a_random_uuid():
    good = "3f2a8f34-5f0e-4c1b-9d55-12345a12345b"
    assert tracing.parse_correlation_id(good) == good
    assert [tracing.parse_correlation_id(v) for v in (None, PHONE, good.upper(), good + "\n")] == [None] * 4


def test_a_valid_traceparent_is_continued_and_any_other_starts_anew():
    trace_id = "4bf92f3577b34da6a3ce929d0e0e4736"
    good = f"00-{trace_id}-00f067aa0ba902b7-01"
    continued = tracing.start(traceparent=good)
    assert continued.trace_id == trace_id
    assert continued.traceparent == f"00-{trace_id}-{continued.span_id}-01"
    for bad in ("", "x", good.upper(), f"00-{'0' * 32}-00f067aa0ba902b7-01", f"ff-{trace_id}-00f067aa0ba902b7-01"):
        assert tracing.parse_traceparent(bad) is None


def test_our_own_modules_say_why_and_a_library_does_not(stream):
    logging.getLogger("chassis.hosting").warning("waiting for the store", extra={"why": f"no answer, call {PHONE}"})
    logging.getLogger("pymongo").warning("slow", extra={"why": "somebody's document"})
    ours, theirs = lines(stream)
    assert ours["why"].startswith("no answer")
    assert PHONE not in json.dumps(ours)
    assert "why" not in theirs


def test_fields_of_our_own_modules_are_written_and_redacted_and_those_of_libraries_are_not(stream):
    extra = {"queue": "dispatcher.facts", "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736", "why": f"call {PHONE}"}
    logging.getLogger("chassis.local_bus").warning("message parked", extra=extra)
    logging.getLogger("aiormq.somewhere").error("odd", extra=extra)
    ours, theirs = lines(stream)
    assert ("dispatcher.facts", extra["trace_id"]) == (ours["queue"], ours["trace_id"])
    assert PHONE not in str(ours)
    assert not {"queue", "trace_id", "why"} & theirs.keys()
