"""Renders pages: one Jinja2 environment over the shell's templates and a service's own."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from datetime import datetime, timedelta
from enum import Enum
from pathlib import Path
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from chassis import tracing
from chassis.pages.catalogue import LANGUAGES, Catalogue, Language
from chassis.pages.desks import desks_for
from chassis.tokens import Principal

_HERE = Path(__file__).parent
STATIC = _HERE / "static"
LANGUAGE_COOKIE = "hotline_language"
ZONE = ZoneInfo("Asia/Shanghai")
_YEAR_S = 365 * 24 * 3600


def language_of(request: Request) -> Language:
    """``?lang=``, else the cookie, else Chinese."""
    asked = request.query_params.get("lang") or request.cookies.get(LANGUAGE_COOKIE)
    return next((language for language in LANGUAGES if language == asked), "zh")


def local(instant: datetime | None, form: str = "%m-%d %H:%M") -> str:
    """An instant as the clock on the wall in Asia/Shanghai shows it; a dash for none."""
    return instant.astimezone(ZONE).strftime(form) if instant is not None else "—"


def span(duration: timedelta, language: Language) -> str:
    """A length of time in its two largest units, without a sign: ``1天3小时``, ``1 d 3 h``."""
    minutes = int(abs(duration.total_seconds()) // 60)
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    names = ("天", "小时", "分") if language == "zh" else (" d", " h", " min")
    parts = [f"{value}{name}" for value, name in zip((days, hours, rest), names, strict=True) if value][:2]
    return ("" if language == "zh" else " ").join(parts) or f"0{names[2]}"


def _jsonable(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, (set, frozenset, tuple)):
        return list(value)
    raise TypeError(type(value).__name__)


def compact_json(value: object) -> str:
    """JSON for a ``data-`` attribute; the template escapes it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_jsonable)


class PageShell:
    """One per service with pages. ``templates`` and ``catalogues`` are the service's folders; the shell's come first.

    ``now`` is the business clock's, so that remaining times are right on a virtual clock too.
    """

    def __init__(
        self,
        now: Callable[[], datetime],
        templates: Sequence[Path] = (),
        catalogues: Sequence[Path] = (),
    ) -> None:
        self._now = now
        self.catalogue = Catalogue.load((_HERE / "i18n", _HERE / "topics", *catalogues))
        self._environment = Environment(
            loader=FileSystemLoader([_HERE / "templates", *templates]),
            autoescape=select_autoescape(default=True, default_for_string=True),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters |= {"local": local, "compact_json": compact_json}

    def render(self, request: Request, template: str, status: int = 200, **context: object) -> Response:
        """``template`` with ``context`` and what every page has: ``t lang principal desks now remaining lasting path
        other_language partial``."""
        language = language_of(request)
        principal: Principal | None = getattr(request.state, "principal", None)
        now = self._now()

        def t(key: str, **values: object) -> str:
            return self.catalogue.text(language, key, **values)

        def remaining(due: datetime) -> str:
            return t("time.left" if due > now else "time.late", span=span(due - now, language))

        asked = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
        shared: Mapping[str, object] = {
            "t": t,
            "lang": language,
            "principal": principal,
            "desks": desks_for(principal.roles if principal else frozenset()),
            "now": now,
            "remaining": remaining,
            "lasting": lambda duration: span(duration, language),
            "path": request.url.path,
            "other_language": "?" + urlencode([*asked, ("lang", "en" if language == "zh" else "zh")]),
            "partial": request.headers.get("hx-request") == "true" and request.headers.get("hx-boosted") != "true",
        }
        html = self._environment.get_template(template).render({**shared, **context})
        response = HTMLResponse(html, status_code=status)
        if request.query_params.get("lang") in LANGUAGES:
            response.set_cookie(LANGUAGE_COOKIE, language, max_age=_YEAR_S, httponly=True, samesite="lax")
        return response

    def problem_words(self, request: Request, status: int, slug: str, detail: str) -> str:
        """What went wrong, in the reader's language: by ``slug``, else by ``status``; English may use ``detail``."""
        language = language_of(request)
        known = self.catalogue.words[language]
        if f"problem.{slug}" in known:
            return known[f"problem.{slug}"]
        if language == "en" and detail:
            return detail
        return known.get(f"problem.{status}", known["problem.other"])

    def problem(self, request: Request, status: int, slug: str, title: str, detail: str) -> Response:
        """A refusal for a person: to the login page when not known, else a page that says it in words."""
        if status == 401 and request.headers.get("hx-request") == "true":
            return Response(status_code=401, headers={"HX-Redirect": "/login"})
        if status == 401:
            return RedirectResponse("/login", status_code=303)
        trace = tracing.current()
        return self.render(
            request,
            "problem.html",
            status=status,
            code=status,
            words=self.problem_words(request, status, slug, "" if detail == title else detail),
            correlation_id=trace.correlation_id if trace else "",
        )
