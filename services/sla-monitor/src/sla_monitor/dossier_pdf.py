"""The dossier as a PDF in A4. Chinese is set in the reader's own Song face (STSong-Light): no font is shipped."""

import json
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib import colors  # type: ignore[import-untyped]
from reportlab.lib.pagesizes import A4  # type: ignore[import-untyped]
from reportlab.lib.styles import ParagraphStyle  # type: ignore[import-untyped]
from reportlab.lib.units import mm  # type: ignore[import-untyped]
from reportlab.pdfbase import pdfmetrics  # type: ignore[import-untyped]
from reportlab.pdfbase.cidfonts import UnicodeCIDFont  # type: ignore[import-untyped]
from reportlab.platypus import (  # type: ignore[import-untyped]
    Flowable,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    Table,
    TableStyle,
)

FONT = "STSong-Light"
pdfmetrics.registerFont(UnicodeCIDFont(FONT))
_TEXT = ParagraphStyle("text", fontName=FONT, fontSize=9, leading=13, wordWrap="CJK")
_SMALL = ParagraphStyle("small", parent=_TEXT, fontSize=7.5, leading=10.5)
_HEAD = ParagraphStyle("head", parent=_TEXT, fontSize=12.5, leading=18, spaceBefore=10, spaceAfter=4)
_TITLE = ParagraphStyle("title", parent=_TEXT, fontSize=18, leading=26, spaceAfter=6)
LONGEST = 600
"""Characters of one fact's data that are printed; the JSON form holds all of it."""


def dossier_pdf(text: str, sha256: str) -> bytes:
    """The PDF of a dossier's canonical text; every page carries the text's hash."""
    dossier = json.loads(text)

    def stamp(canvas: Any, document: Any) -> None:
        canvas.setFont(FONT, 7)
        canvas.drawString(18 * mm, 10 * mm, f"SHA-256 {sha256}")
        canvas.drawRightString(192 * mm, 10 * mm, f"第 {document.page} 页")

    out = BytesIO()
    pages = SimpleDocTemplate(
        out,
        pagesize=A4,
        leftMargin=18 * mm,
        rightMargin=18 * mm,
        topMargin=16 * mm,
        bottomMargin=18 * mm,
        title=f"问责材料 {dossier['number']}",
        author="12345",
        invariant=1,
    )
    pages.build(list(_story(dossier)), onFirstPage=stamp, onLaterPages=stamp)
    return out.getvalue()


def _story(dossier: dict[str, Any]) -> Iterator[Flowable]:
    yield Paragraph("问责移送材料 Accountability dossier", _TITLE)
    yield _table(
        [
            ("编号 Number", dossier["number"] or "—"),
            ("制作时间 Made at", dossier["made_at"]),
            ("制作人 Made by", dossier["made_by"]),
            ("时限规则 Policy", ", ".join(dossier["policy_versions"]) or "—"),
            ("工作日历 Calendar", dossier["calendar_version"]),
            ("事实校验 Facts SHA-256", dossier["facts_sha256"]),
        ]
    )
    yield from _referral(dossier["referral"])
    yield Paragraph("时限 Deadlines", _HEAD)
    for one in dossier["deadlines"]:
        head = f"{one['deadline']}　{one['state']}　{one['started']} → {one['due']}"
        yield Paragraph(escape(head), _TEXT)
        for nth, step in enumerate(one["steps"], start=1):
            yield Paragraph(escape(f"{nth}. {step['zh']}　{step['en']}"), _SMALL)
        yield Spacer(1, 3 * mm)
    for title, name in (("催办 Urges", "urges"), ("督办 Supervisions", "supervisions")):
        if dossier[name]:
            yield Paragraph(title, _HEAD)
            yield _table([(" ".join(str(value) for value in one.values() if value),) for one in dossier[name]])
    yield Paragraph(f"事实 Facts ({len(dossier['facts'])})", _HEAD)
    for fact in dossier["facts"]:
        data = json.dumps(fact["data"], ensure_ascii=False)
        cut = data if len(data) <= LONGEST else data[:LONGEST] + "……"
        yield Paragraph(escape(f"{fact['time']}　{fact['source']} #{fact['sequence']}　{fact['type']}"), _TEXT)
        yield Paragraph(escape(cut), _SMALL)
        yield Paragraph(f"SHA-256 {fact['sha256']}", _SMALL)
        yield Spacer(1, 2 * mm)


def _referral(referral: dict[str, Any] | None) -> Iterator[Flowable]:
    yield Paragraph("移送 Referral", _HEAD)
    if referral is None:
        yield Paragraph("尚未移送,本件为预览。Not referred yet: this is a preview.", _TEXT)
        return
    yield _table(
        [
            ("被问责单位 Unit", referral["subject_unit"] or "—"),
            ("责任人 Person", referral["subject_person_ref"] or "—"),
            ("事由 Ground", referral["ground"]),
            ("后果 Consequence", referral["consequence"] or "—"),
            ("一票否决 One-vote veto", "是 yes" if referral["one_vote_veto"] else "否 no"),
        ]
    )


def _table(rows: list[tuple[str, ...]]) -> Table:
    widths = [44 * mm, 130 * mm] if len(rows[0]) == 2 else [174 * mm]
    made = Table([[Paragraph(escape(str(cell)), _TEXT) for cell in row] for row in rows], colWidths=widths)
    made.setStyle(
        TableStyle(
            [
                ("GRID", (0, 0), (-1, -1), 0.4, colors.HexColor("#c5ced6")),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("TOPPADDING", (0, 0), (-1, -1), 2),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
            ]
        )
    )
    return made
