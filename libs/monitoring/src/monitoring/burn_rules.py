"""Recording rules and burn-rate alerts of the objectives, as Prometheus reads them."""

from typing import Any

from monitoring.objectives import BURNS, OBJECTIVES, WINDOWS, Objective, Severity

RUNBOOKS = "docs/runbooks"


def recorded(window: str) -> str:
    """The name of the recorded bad share over ``window``."""
    return f"hotline:slo_errors:ratio_rate{window}"


def rules() -> dict[str, Any]:
    """The whole file ``slo.yml``."""
    recording = [_record(one, window) for one in OBJECTIVES for window in WINDOWS]
    targets = [
        {"record": "hotline:slo_target:ratio", "expr": f"vector({one.target})", "labels": {"slo": one.slo}}
        for one in OBJECTIVES
    ]
    alerts = [_alert(one, severity) for one in OBJECTIVES for severity in _severities(one)]
    return {
        "groups": [
            {"name": "hotline-slo-recording", "interval": "30s", "rules": [*targets, *recording]},
            {"name": "hotline-slo-alerts", "interval": "30s", "rules": alerts},
        ]
    }


def _record(one: Objective, window: str) -> dict[str, Any]:
    expr = f"({one.bad}) / {one.all}".replace("$window", window)
    return {"record": recorded(window), "expr": expr, "labels": {"slo": one.slo}}


def _severities(one: Objective) -> tuple[Severity, ...]:
    return ("page", "ticket") if one.pages else ("ticket",)


def _alert(one: Objective, severity: Severity) -> dict[str, Any]:
    burns = [burn for burn in BURNS if burn.severity == severity]
    parts = [
        f'({recorded(burn.long)}{{slo="{one.slo}"}} > {_limit(one, burn.factor)}'
        f' and {recorded(burn.short)}{{slo="{one.slo}"}} > {_limit(one, burn.factor)})'
        for burn in burns
    ]
    return {
        "alert": one.alert,
        "expr": " or ".join(parts),
        "labels": {"severity": severity, "slo": one.slo},
        "annotations": {
            "summary": one.summary,
            "description": f"The allowed share is {one.budget:.3g} in 30 days; lately it is "
            "{{ $value | humanizePercentage }}.",
            "runbook": f"{RUNBOOKS}/{one.alert}.md",
        },
    }


def _limit(one: Objective, factor: float) -> str:
    return f"{one.budget * factor:.6g}"
