"""The desks that the navigation lists, and who sees which."""

from dataclasses import dataclass

from contracts.words import Role


@dataclass(frozen=True, slots=True)
class Desk:
    """One entry: ``key`` names its words (``desk.<key>``); no roles means everybody."""

    key: str
    path: str
    roles: frozenset[Role] = frozenset()


DESKS: tuple[Desk, ...] = (
    Desk("query", "/query"),
    Desk("file", "/file"),
    Desk("intake", "/desk/intake", frozenset({Role.AGENT})),
    Desk("emergency", "/desk/emergency", frozenset({Role.DUTY_OFFICER, Role.TRIAGE_OFFICER, Role.LINE_OPERATOR})),
    Desk("triage", "/desk/triage", frozenset({Role.TRIAGE_OFFICER, Role.DUTY_OFFICER})),
    Desk("duty", "/desk/duty", frozenset({Role.DUTY_OFFICER})),
    Desk("unit", "/desk/unit", frozenset({Role.UNIT_HANDLER, Role.UNIT_HEAD})),
    Desk("review", "/desk/review", frozenset({Role.REVIEWER})),
    Desk("knowledge", "/desk/knowledge", frozenset({Role.DUTY_OFFICER, Role.PUBLISHER})),
    Desk(
        "catalogue",
        "/desk/catalogue",
        frozenset({Role.DUTY_OFFICER, Role.SUPERVISOR, Role.AUDITOR, Role.OPERATOR}),
    ),
    Desk("revisit", "/desk/revisit", frozenset({Role.REVISIT_AGENT})),
    Desk("audit", "/desk/audit", frozenset({Role.REVIEWER})),
    Desk("deadlines", "/desk/deadlines", frozenset({Role.SUPERVISOR, Role.DUTY_OFFICER})),
    Desk("handling", "/desk/handling", frozenset({Role.SUPERVISOR, Role.DUTY_OFFICER, Role.LEADER})),
    Desk("leader", "/desk/leader", frozenset({Role.LEADER})),
    Desk(
        "dashboard",
        "/dashboard",
        frozenset(
            {
                Role.SUPERVISOR,
                Role.LEADER,
                Role.OVERSEER,
                Role.AUDITOR,
                Role.PUBLISHER,
                Role.DUTY_OFFICER,
                Role.OPERATOR,
            }
        ),
    ),
    Desk("directory", "/directory"),
)


def desks_for(roles: frozenset[Role]) -> tuple[Desk, ...]:
    """The desks that somebody with ``roles`` sees."""
    return tuple(desk for desk in DESKS if not desk.roles or desk.roles & roles)
