"""``python -m checks.k8s KUBECTL``: every overlay and combination of components renders, is valid, and keeps our rules.

No cluster is asked: what only an API server can say (admission, quotas, the operators' own webhooks) is not said here.
"""

import json
import sys
from collections.abc import Iterator

from checks.k8s_render import DoesNotRender, Resource, combinations, render
from checks.k8s_rules import violations, violations_together
from checks.k8s_schemas import faults


def problems(kubectl: str) -> Iterator[str]:
    """Every problem with where it was found; the same resource is looked at once."""
    seen: set[str] = set()
    for name, start, chosen in combinations():
        try:
            resources = render(kubectl, start, chosen)
        except DoesNotRender as error:
            yield f"{name}: {error}"
            continue
        print(f"{name}: {len(resources)} resources", flush=True)
        yield from (f"{name}: {text}" for text in violations_together(resources))
        for resource in resources:
            text = json.dumps(resource, sort_keys=True)
            if text not in seen:
                seen.add(text)
                yield from (f"{name}: {_title(resource)}: {fault}" for fault in alone(resource))


def alone(resource: Resource) -> Iterator[str]:
    """What is wrong with one resource by its schema and by our rules."""
    yield from faults(resource)
    yield from violations(resource)


def _title(resource: Resource) -> str:
    return f"{resource['kind']} {resource['metadata']['name']}"


def main(kubectl: str) -> int:
    """Exit status."""
    found = list(problems(kubectl))
    for text in found:
        print(text, file=sys.stderr)
    print(f"{len(found)} problems")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
