"""What operators and forms add around the citizen's words, taken off before anything is learnt or judged."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SetPhrases:
    """The patterns of a jurisdiction's set phrases, over folded text.

    ``opening`` has the groups ``speaker`` and ``verb``; ``request`` has the group ``asked``: the unit named in
    "请...核实处理". ``citizens`` recognises speakers who are the public; another named speaker is a unit.
    """

    opening: re.Pattern[str]
    closing: re.Pattern[str]
    request: re.Pattern[str]
    quoted_order: re.Pattern[str]
    citizens: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Bare:
    """A text without its set phrases.

    ``body`` is what was told, with blanks where set phrases stood, so that its spans hold in the whole text; ``asked``
    who is asked to act; ``verb`` the agent's word for the call; ``by_unit``: a unit, not a citizen, speaks;
    ``quotes_order``: it is about an order that exists already; ``tail``: what was appended after the closing;
    ``units``: who speaks and by what channel, and everybody asked to act or addressed by the closing.
    """

    body: str
    asked: str = ""
    verb: str = ""
    by_unit: bool = False
    quotes_order: bool = False
    tail: str = ""
    units: str = ""

    def whole(self) -> str:
        """Body and tail, for a model that learns which unit acts."""
        return f"{self.body} {self.tail}" if self.tail else self.body


def strip_set_phrases(folded: str, phrases: SetPhrases) -> Bare:
    """Blank the opening and the request of a folded text; cut off the closing with all that units added after it."""
    body, verb, by_unit = folded, "", False
    units: list[str] = []
    opening = phrases.opening.match(body)
    if opening is not None:
        verb = opening["verb"]
        speaker = opening["speaker"] or ""
        by_unit = bool(speaker) and phrases.citizens.search(speaker) is None
        units.append(opening.group().strip(" :"))
        body = " " * opening.end() + body[opening.end() :]
    closing = phrases.closing.search(body)
    tail = ""
    if closing is not None and body[: closing.start()].strip():
        tail = body[closing.end() :].strip()
        units.append(closing["to"] or "")
        body = body[: closing.start()]
    asked = ""
    kept: list[str] = []
    end = 0
    for request in phrases.request.finditer(body):
        asked = request["asked"] or asked
        units.append(request["asked"] or "")
        kept += body[end : request.start()], " " * len(request.group())
        end = request.end()
    body = "".join(kept) + body[end:]
    head = body.lstrip()[:60]
    return Bare(
        body.rstrip(),
        asked,
        verb,
        by_unit,
        phrases.quoted_order.search(head) is not None,
        tail,
        " ".join(filter(None, units)),
    )
