"""Every refusal is a problem document, and none repeats what was sent."""

import pytest
from pydantic import BaseModel, ValidationError, field_validator

from chassis.problems import Problem, SafeReason, field_errors
from contracts.words import Role

PHONE, NAME = "13812345678", "张伟强"
PLANTED = (PHONE, NAME, "Zhang San")


def check_clean(answer) -> None:
    assert answer.headers["content-type"] == "application/problem+json"
    document = answer.json()
    assert document["status"] == answer.status_code
    assert document["title"]
    assert [word for word in PLANTED if word in answer.text + str(answer.headers)] == []


@pytest.mark.parametrize(
    ("body", "status", "fields"),
    [
        ({"text": 7, "count": PHONE + "x"}, 422, ["body.text", "body.count"]),
        ({"count": 1}, 422, ["body.text"]),
        ({"text": "a", NAME: 1}, 422, ["body"]),
        ({"text": "a", "caller": {"phone": PHONE * 3}}, 422, ["body.caller.phone"]),
        ({"text": "a", "caller": {"phone": "1", NAME: 1}}, 422, ["body.caller"]),
        ({"text": "a", "extras": {NAME: PHONE + "x"}}, 422, ["body.extras.*"]),
        ([PHONE], 422, ["body"]),
        (NAME, 422, ["body"]),
    ],
)
async def test_wrong_input_names_the_field_and_repeats_nothing(stage, body, status, fields):
    answer = await stage.client.post("/messages/1", json=body, headers=stage.bearer(Role.AGENT))
    check_clean(answer)
    assert (status, fields) == (answer.status_code, [error["field"] for error in answer.json()["errors"]])


@pytest.mark.parametrize(
    "body", [b'{"text": "13812345678"', b"\xff\xfe13812345678", b"[" * 50_000, b"nul", b'{"text":']
)
async def test_what_is_not_json_is_refused_without_repeating_it(stage, body):
    headers = stage.bearer(Role.AGENT) | {"Content-Type": "application/json"}
    answer = await stage.client.post("/messages/1", content=body, headers=headers)
    check_clean(answer)
    assert answer.status_code == 400


async def test_an_unknown_path_a_wrong_method_and_a_bad_query_are_problems(stage):
    answers = [
        await stage.client.get(f"/{PHONE}/{NAME}"),
        await stage.client.delete("/open"),
        await stage.client.get("/open", params={"page": NAME}),
        await stage.client.get("/open", params={"page": "0"}),
    ]
    for answer in answers:
        check_clean(answer)
    assert [answer.status_code for answer in answers] == [404, 405, 422, 422]
    assert answers[2].json()["field"] == "query.page"


async def test_a_failure_of_our_own_code_says_nothing_of_the_exception(stage):
    answer = await stage.client.get("/fails")
    check_clean(answer)
    assert (500, "ValueError" in answer.text) == (answer.status_code, False)


async def test_a_problem_carries_the_correlation_id_of_the_answer(stage):
    answer = await stage.client.get("/nowhere")
    assert answer.json()["correlation_id"] == answer.headers["x-correlation-id"]


class Checked(BaseModel):
    code: str

    @field_validator("code")
    @classmethod
    def known(cls, value: str) -> str:
        if value == "safe":
            raise SafeReason("is no code of ours")
        raise ValueError(f"{value} is wrong")


@pytest.mark.parametrize(("value", "reason"), [("safe", "is no code of ours"), (PHONE, "is not valid")])
def test_a_validator_is_quoted_only_when_it_vouches_for_its_words(value, reason):
    with pytest.raises(ValidationError) as caught:
        Checked(code=value)
    errors = field_errors(caught.value.errors(), frozenset({"code"}))
    assert [("code", reason)] == [(error.field, error.reason) for error in errors]


def test_a_number_used_as_a_key_is_not_repeated():
    entries = [{"type": "int_type", "loc": ("extras", int(PHONE)), "msg": "", "input": ""}]
    assert field_errors(entries, frozenset({"extras"}))[0].field == "extras.*"


def test_a_problem_is_its_title_where_it_has_no_detail():
    assert Problem(409, "Already decided").detail == "Already decided"
