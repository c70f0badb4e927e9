"""One visit as desks show it: the matter, the reply, every try, and what came of it."""

from typing import Any

from revisit.domain.view import View


def shown(view: View, visit_id: str) -> dict[str, Any]:
    """The visit ``visit_id`` of this view as JSON values. The id must be one of the view's."""
    visit = view.visit_by_id(visit_id)
    assert visit is not None
    result = next((known for known in view.handling.results if known.round == visit.round), None)
    return {
        "visit": visit.visit,
        "subject": view.subject,
        "number": view.registration.number,
        "anonymous": view.registration.anonymous,
        "type": view.verdict.type,
        "topic": view.verdict.topic,
        "text_masked": view.registration.text_masked,
        "reply": result.public_text if result else "",
        "round": visit.round,
        "unit": visit.unit,
        "unit_name": view.handling.names.get(visit.unit, visit.unit) if visit.unit else None,
        "method": visit.method,
        "due": visit.due.isoformat(),
        "state": "closed" if view.closed is not None and visit is view.visit else visit.state,
        "tries": [{"at": one.at.isoformat(), "method": one.method, "by": one.by} for one in visit.tries],
        "gives_up_at": visit.gives_up_at.isoformat() if visit.gives_up_at else None,
        "satisfaction": visit.answer.satisfaction if visit.answer else None,
        "solved": visit.answer.solved if visit.answer else None,
        "result_true": visit.answer.result_true if visit.answer else None,
        "remark_masked": visit.answer.remark_masked if visit.answer else "",
        "redo": visit.redo,
        "outcome": view.closed.outcome if view.closed else None,
    }
