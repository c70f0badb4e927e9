"""The page shell: two languages, escaped words, parts that every desk is made of."""

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import Request

from chassis.pages.catalogue import Catalogue, CatalogueError
from chassis.pages.desks import DESKS, desks_for
from chassis.pages.shell import STATIC, PageShell, span
from contracts import words
from contracts.words import Lane, Role

from .conftest import NOW

PARTS = """{% extends "base.html" %}
{% block charts %}{% include "charts.html" %}{% endblock %}
{% block content %}
{{ ui.badge(words_in, "bad") }}
{% call ui.table(["a", "b"], "c") %}<tr data-row><td>{{ words_in }}</td></tr>{% endcall %}
{{ ui.timeline([{"at": now, "words": words_in, "note": "n"}]) }}
{{ ui.countdown(due) }} {{ ui.countdown(now, "met") }} {{ ui.countdown(past, "running", true) }}
{{ ui.explanation([{"zh": "因为", "en": "because"}]) }}
{{ ui.plot({"series": [{"type": "bar", "data": [1], "name": words_in}]}, "a plot") }}
{{ ui.figure("f", 3) }}{{ ui.meter(0.5, "50 %") }}{{ ui.empty("e") }}
{{ ui.action("go", "/x", key="g", confirm="sure") }}
{{ ui.field("n", "w", hint="h") }}{{ ui.choice("c", "w", [("1", "one")], "1") }}
{% endblock %}"""
EVIL = "<script>alert(1)</script>\"'"


def request_for(query: str = "") -> Request:
    return Request(
        {
            "type": "http",
            "method": "GET",
            "path": "/desk/unit",
            "query_string": query.encode(),
            "headers": [],
            "state": {},
        }
    )


@pytest.fixture
def shell(tmp_path: Path) -> PageShell:
    (tmp_path / "parts.html").write_text(PARTS)
    return PageShell(lambda: NOW, [tmp_path])


def rendered(shell: PageShell, query: str = "") -> str:
    context = {"words_in": EVIL, "due": NOW + timedelta(hours=3, minutes=5), "past": NOW - timedelta(days=2)}
    return bytes(shell.render(request_for(query), "parts.html", **context).body).decode()


def test_every_part_renders_and_escapes_what_people_wrote(shell: PageShell):
    html = rendered(shell)
    assert "<script>alert" not in html
    assert html.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 4


def test_a_plots_data_survives_the_way_into_the_page(shell: PageShell):
    html = rendered(shell)
    found = re.search(r'data-chart="([^"]*)"', html)
    assert found is not None
    text = found[1].replace("&lt;", "<").replace("&gt;", ">").replace("&#34;", '"').replace("&#39;", "'")
    assert json.loads(text)["series"][0]["name"] == EVIL


def test_no_page_part_holds_inline_script_or_style(shell: PageShell):
    html = rendered(shell)
    assert re.findall(r"<script(?![^>]*\bsrc=)|\son\w+=|\sstyle=|<style|javascript:", html.replace(EVIL, "")) == []


def test_remaining_time_goes_by_the_business_clock_in_both_languages(shell: PageShell):
    chinese, english = rendered(shell), rendered(shell, "lang=en")
    assert "剩余3小时5分" in chinese
    assert "超时2天" in chinese
    assert "3 h 5 min left" in english
    assert "because" in english


@pytest.mark.parametrize(
    ("minutes", "zh", "en"),
    [
        (0, "0分", "0 min"),
        (61, "1小时1分", "1 h 1 min"),
        (1440 * 2 + 60, "2天1小时", "2 d 1 h"),
        (-30, "30分", "30 min"),
    ],
)
def test_a_length_of_time_reads_in_its_largest_units(minutes, zh, en):
    assert (zh, en) == (span(timedelta(minutes=minutes), "zh"), span(timedelta(minutes=minutes), "en"))


async def test_a_chosen_language_is_remembered(stage):
    first = await stage.client.get("/login", params={"lang": "en"})
    second = await stage.client.get("/login")
    assert '<html lang="en">' in first.text
    assert '<html lang="en">' in second.text


async def test_a_refusal_is_a_page_for_people_and_a_document_for_programs(stage):
    person = await stage.client.get("/nowhere/张伟强", headers={"Accept": "text/html,*/*"})
    program = await stage.client.get("/nowhere")
    assert (404, "没有找到此页" in person.text, "张伟强" in person.text) == (person.status_code, True, False)
    assert program.headers["content-type"] == "application/problem+json"


BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.mark.parametrize(
    ("method", "path", "sent", "status", "zh", "en"),
    [
        ("GET", "/nowhere", None, 404, "没有找到此页", "This page was not found"),
        ("POST", "/open", None, 405, "这个地址不能这样使用", "cannot be used like that"),
        ("GET", "/open?page=0", None, 422, "有内容填写有误", "Something is filled in wrongly"),
        ("POST", "/raw", b"x" * 300_000, 413, "附件合计不能超过 10 MB", "Files may have 10 MB"),
        ("GET", "/fails", None, 500, "系统出错了", "Something went wrong on our side"),
    ],
)
async def test_a_person_reads_every_refusal_as_a_page_in_the_chosen_language(stage, method, path, sent, status, zh, en):
    for language, words_of in (("zh", zh), ("en", en)):
        cookie = {"Cookie": f"hotline_language={language}"}
        page = await stage.client.request(method, path, content=sent, headers={**BROWSER, **cookie})
        assert (status, True) == (page.status_code, words_of in page.text)
        assert page.headers["content-type"].startswith("text/html")
        assert "default-src 'none'" in page.headers["content-security-policy"]
    program = await stage.client.request(method, path, content=sent)
    assert program.headers["content-type"] == "application/problem+json"


async def test_all_places_taken_is_a_page_that_says_to_come_again(stage):
    stage.capacity.take(Lane.ORDINARY)
    stage.capacity.take(Lane.ORDINARY)
    page = await stage.client.get("/open", headers=BROWSER)
    assert (503, "1", True) == (page.status_code, page.headers["retry-after"], "请稍等片刻再试" in page.text)


async def test_whoever_lacks_the_role_is_told_in_words_and_offered_the_desks_of_the_own_role(stage):
    page = await stage.client.get("/orders", headers={**stage.bearer(Role.AGENT), **BROWSER})
    assert (403, True) == (page.status_code, "您的岗位不能打开这个页面" in page.text)
    assert "Your roles" not in page.text
    assert page.text.count('href="/desk/intake"') == 2


async def test_a_part_of_a_page_is_refused_in_the_readers_language(stage):
    part = {"HX-Request": "true", "Cookie": "hotline_language=zh"}
    answer = await stage.client.get("/orders", headers={**stage.bearer(Role.AGENT), **part})
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"] == "您的岗位不能打开这个页面。如有需要，请联系管理员。"


def test_the_other_language_is_one_link_away_and_keeps_what_was_asked_for(shell: PageShell):
    html = rendered(shell, "from=2026-03-02&unit=a%26b&lang=zh")
    assert 'href="?from=2026-03-02&amp;unit=a%26b&amp;lang=en"' in html


async def test_the_navigation_lists_the_desks_of_the_callers_roles(stage):
    assert {"query", "file", "unit", "directory"} == {desk.key for desk in desks_for(frozenset({Role.UNIT_HANDLER}))}
    assert {"query", "file", "directory"} == {desk.key for desk in desks_for(frozenset())}


def test_every_role_has_a_desk_but_the_citizen_whose_pages_are_everybodys():
    served = frozenset().union(*(desk.roles for desk in DESKS))
    assert set(Role) - served == {Role.CITIZEN}


async def test_the_way_in_leads_to_the_query_page(stage):
    answer = await stage.client.get("/")
    assert (answer.status_code, answer.headers["location"]) == (303, "/query")


@pytest.mark.parametrize(
    ("table", "enumeration"),
    [
        ("role", words.Role),
        ("appeal_type", words.AppealType),
        ("channel", words.Channel),
        ("urgency", words.Urgency),
        ("assignment_mode", words.AssignmentMode),
        ("deadline", words.DeadlineKind),
        ("supervision", words.SupervisionKind),
        ("satisfaction", words.Satisfaction),
        ("outcome", words.Outcome),
        ("exclusion", words.Exclusion),
    ],
)
def test_every_standard_word_has_its_words_in_both_languages(shell: PageShell, table, enumeration):
    wanted = {f"{table}.{value}" for value in enumeration} | {f"desk.{desk.key}" for desk in DESKS}
    assert [wanted - shell.catalogue.words[language].keys() for language in ("zh", "en")] == [set(), set()]


def test_a_word_in_one_language_only_is_refused(tmp_path: Path):
    (tmp_path / "zh.toml").write_text('a = "甲"\nb = "乙"')
    (tmp_path / "en.toml").write_text('a = "A"')
    with pytest.raises(CatalogueError, match="in one language only: b"):
        Catalogue.load([tmp_path])


def test_assets_carry_their_licences():
    assert {"htmx-LICENSE.txt", "echarts-LICENSE.txt"} <= {path.name for path in (STATIC / "vendor").iterdir()}
