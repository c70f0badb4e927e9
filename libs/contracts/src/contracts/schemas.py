"""JSON schemas of the events, as kept beside the code: ``python -m contracts.schemas FOLDER`` writes them."""

import json
import sys
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from contracts.codec import adapter, schema_urn
from contracts.events import REGISTRY, Event
from contracts.messages import Delivered


def schema(cls: type[Event]) -> dict[str, Any]:
    """The schema of one event's ``data``."""
    return {"$id": schema_urn(cls), **adapter(cls).json_schema()}


def message_schema(cls: type[Delivered]) -> dict[str, Any]:
    """The schema of one message to a unit or a line, whole."""
    made = TypeAdapter(cls).json_schema()
    made["properties"]["type"] = {"const": cls.NAME}
    return {"$id": f"urn:hotline12345:{cls.AUDIENCE}:{cls.NAME}", **made}


def breaks(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """Why messages of the old schema would be misunderstood. Empty: only additions."""
    reasons = [f"{name} is gone" for name in old.get("properties", {}) if name not in new.get("properties", {})]
    reasons += [f"{name} is required now" for name in new.get("required", ()) if name not in old.get("required", ())]
    reasons += [f"{name} may be missing now" for name in old.get("required", ()) if name not in new.get("required", ())]
    for name, was in old.get("properties", {}).items():
        now = new.get("properties", {}).get(name)
        if now is not None and _meaning(was) != _meaning(now):
            reasons.append(f"{name} has another type")
    for name, was in old.get("$defs", {}).items():
        now = new.get("$defs", {}).get(name)
        if now is None:
            continue
        reasons += [f"{name}: {reason}" for reason in breaks(was, now)]
        reasons += [
            f"{name}: value {value} is gone" for value in was.get("enum", ()) if value not in now.get("enum", ())
        ]
    return reasons


def _meaning(part: dict[str, Any]) -> str:
    kept = {key: value for key, value in part.items() if key not in ("title", "description", "default")}
    return json.dumps(kept, sort_keys=True)


def write(folder: Path) -> None:
    """Write one file per event."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, cls in sorted(REGISTRY.items()):
        text = json.dumps(schema(cls), ensure_ascii=False, indent=2, sort_keys=True)
        (folder / f"{name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
