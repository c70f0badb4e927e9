"""Parts of a text that may tell a matter of their own."""

import re

_CLAUSE = re.compile(r"[^,。!?;:、\n]+[,。!?;:、\n]*")
_LONGEST_PART = 30


def clauses(folded: str) -> list[str]:
    """What stands between marks, each with the marks that end it."""
    return _CLAUSE.findall(folded)


def parts(folded: str) -> list[str]:
    """From every clause on as many clauses as make at most 30 characters; empty when that would be the whole text."""
    single = clauses(folded)
    found: dict[str, None] = {}
    for first in range(len(single)):
        part = ""
        for clause in single[first:]:
            if part and len(part) + len(clause) > _LONGEST_PART:
                break
            part += clause
        if any(map(str.isalnum, part)):
            found[part] = None
    found.pop(folded, None)
    return list(found)
