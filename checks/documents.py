"""``python -m checks.documents``: the interface documents are those of the code, and valid by their own rules.

OpenAPI by openapi-spec-validator; AsyncAPI by the official JSON schema of version 3.0.0 (``vendor/``, from the npm
package @asyncapi/specs 6.11.1) and by what it cannot say: references lead somewhere, examples fit.
``make check-asyncapi-parser`` asks AsyncAPI's own parser besides, where Node is installed.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator, Draft202012Validator, FormatChecker
from openapi_spec_validator import OpenAPIV31SpecValidator

from hotline.documents.command import as_text, documents

ROOT = Path(__file__).resolve().parent.parent / "docs"
KINDS = ("openapi", "asyncapi", "schemas")

Documents = Mapping[str, Mapping[str, Any]]


def drift(made: Documents, folder: Path) -> Iterator[str]:
    """Files that are not what the code says, are missing, or are left over."""
    kept = {path.relative_to(folder).as_posix() for kind in KINDS for path in folder.glob(f"{kind}/**/*.json")}
    for name in sorted(made):
        if name not in kept:
            yield f"docs/{name} is missing; run `make documents`"
        elif (folder / name).read_text(encoding="utf-8") != as_text(dict(made[name])):
            yield f"docs/{name} is not what the code says; run `make documents`"
    for name in sorted(kept - made.keys()):
        yield f"docs/{name} is left over; run `make documents`"


def faults(made: Documents) -> Iterator[str]:
    """What the rules of each format find wrong."""
    rules = json.loads((Path(__file__).parent / "vendor/asyncapi-3.0.0.json").read_text(encoding="utf-8"))
    asyncapi = Draft7Validator(rules)
    for name, body in sorted(made.items()):
        if name.startswith("openapi/"):
            found = [error.message for error in OpenAPIV31SpecValidator(dict(body)).iter_errors()]
        elif name.startswith("asyncapi/"):
            found = [f"{error.json_path}: {error.message[:200]}" for error in asyncapi.iter_errors(body)]
            found += [*_dangling(body, body), *_examples(body)]
        else:
            found = [
                error.message for error in Draft202012Validator(Draft202012Validator.META_SCHEMA).iter_errors(body)
            ]
        yield from (f"docs/{name}: {text}" for text in found)


def _dangling(node: Any, whole: Mapping[str, Any]) -> Iterator[str]:
    if isinstance(node, Mapping):
        for key, value in node.items():
            if key == "$ref" and isinstance(value, str) and not _leads(value, whole):
                yield f"{value} leads nowhere"
            else:
                yield from _dangling(value, whole)
    elif isinstance(node, list):
        for item in node:
            yield from _dangling(item, whole)


def _leads(pointer: str, whole: Any) -> bool:
    at = whole
    for part in pointer.removeprefix("#/").split("/"):
        name = part.replace("~1", "/").replace("~0", "~")
        if not isinstance(at, Mapping) or name not in at:
            return False
        at = at[name]
    return True


def _examples(body: Mapping[str, Any]) -> Iterator[str]:
    for name, message in body["components"]["messages"].items():
        schema = {**message["payload"], "components": body["components"]}
        for example in message.get("examples", ()):
            found = Draft202012Validator(schema, format_checker=FormatChecker()).iter_errors(example["payload"])
            yield from (f"the example of {name}: {error.message}" for error in found)


def main() -> int:
    """Print every fault; 1 when there is one."""
    made = documents()
    found = [*drift(made, ROOT), *faults(made)]
    for line in found:
        print(line, file=sys.stderr)
    if not found:
        print(f"{len(made)} interface documents agree with the code and are valid")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
