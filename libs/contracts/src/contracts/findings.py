"""What is wrong with an input, in whole sentences in both languages: where, what was expected, which values are known.

Nothing that was sent is repeated, neither values nor unknown names: pydantic's own messages quote the input (trap 12).
Names, limits and values are taken from the schema, which is ours.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MOST = 20
"""Findings about one input."""

_PLAIN_NAME = re.compile(r"^[A-Za-z][A-Za-z0-9_-]{0,60}$")
_Said = tuple[str, str]

_REASONS: dict[str, _Said] = {
    "missing": ("缺失，必须填写", "is missing"),
    "extra_forbidden": ("含有未知字段", "holds a field that is not known"),
    "json_invalid": ("不是有效的 JSON", "is not valid JSON"),
    "json_type": ("不是有效的 JSON", "is not valid JSON"),
    "string_type": ("必须是文本", "must be text"),
    "string_too_short": ("太短", "is too short"),
    "string_too_long": ("太长", "is too long"),
    "string_pattern_mismatch": ("格式不符", "does not have the required form"),
    "int_type": ("必须是整数", "must be a whole number"),
    "int_parsing": ("必须是整数", "must be a whole number"),
    "int_parsing_size": ("数值过大", "is too large"),
    "int_from_float": ("必须是整数", "must be a whole number"),
    "float_type": ("必须是数字", "must be a number"),
    "float_parsing": ("必须是数字", "must be a number"),
    "finite_number": ("必须是有限的数字", "must be a finite number"),
    "bool_type": ("必须是 true 或 false", "must be true or false"),
    "bool_parsing": ("必须是 true 或 false", "must be true or false"),
    "enum": ("不是已知的值", "is not one of the known values"),
    "literal_error": ("不是已知的值", "is not one of the known values"),
    "union_tag_invalid": ("不是已知的值", "is not one of the known values"),
    "union_tag_not_found": ("缺失，必须填写", "is missing"),
    "list_type": ("必须是列表", "must be a list"),
    "tuple_type": ("必须是列表", "must be a list"),
    "dict_type": ("必须是对象", "must be an object"),
    "model_type": ("必须是对象", "must be an object"),
    "model_attributes_type": ("必须是对象", "must be an object"),
    "dataclass_type": ("必须是对象", "must be an object"),
    "too_long": ("条目太多", "has too many entries"),
    "too_short": ("条目太少", "has too few entries"),
    "greater_than": ("太小", "is too small"),
    "greater_than_equal": ("太小", "is too small"),
    "less_than": ("太大", "is too large"),
    "less_than_equal": ("太大", "is too large"),
    "timezone_aware": ("缺少时区", "needs a time zone"),
    "datetime_type": ("必须是日期和时间", "must be a date and time"),
    "datetime_parsing": ("必须是日期和时间", "must be a date and time"),
    "datetime_from_date_parsing": ("必须是日期和时间", "must be a date and time"),
    "date_type": ("必须是日期", "must be a date"),
    "date_parsing": ("必须是日期", "must be a date"),
    "date_from_datetime_parsing": ("必须是日期", "must be a date"),
}
_OTHER: _Said = ("无效", "is not valid")


@dataclass(frozen=True, slots=True)
class Finding:
    """One wrong input. ``field``: its path, empty for the whole; ``zh`` and ``en`` say of it what is wrong."""

    field: str
    zh: str
    en: str

    @property
    def sentence_zh(self) -> str:
        """Subject and all."""
        return f"字段 {self.field} {self.zh}。" if self.field not in ("", "body") else f"正文{self.zh}。"

    @property
    def sentence_en(self) -> str:
        """Subject and all."""
        return f"{'The body' if self.field in ('', 'body') else f'Field {self.field}'} {self.en}."


class Shape:
    """A JSON schema as findings read it. ``whole`` holds the definitions that ``root`` refers to."""

    def __init__(self, root: Mapping[str, Any], whole: Mapping[str, Any] | None = None) -> None:
        self._root = root
        self._whole = root if whole is None else whole

    def at(self, path: Sequence[object]) -> Mapping[str, Any] | None:
        """The part of the schema that describes what stands at ``path``; None where none is found."""
        node = self._plain(self._root)
        for part in path:
            tags, fields = self.tags(node), node.get("properties")
            if part in tags:
                node = self._plain({"$ref": tags[str(part)]})
            elif isinstance(fields, dict) and part in fields:
                node = self._plain(fields[part])
            elif isinstance(part, int) and isinstance(node.get("items"), dict):
                node = self._plain(node["items"])
            else:
                return None
        return node

    @staticmethod
    def tags(node: Mapping[str, Any]) -> Mapping[str, str]:
        """The known values of a field that chooses between shapes, each with its shape."""
        found = node.get("discriminator")
        mapping = found.get("mapping") if isinstance(found, dict) else None
        return mapping if isinstance(mapping, dict) else {}

    def chooser(self, path: Sequence[object]) -> str:
        """The name of that field."""
        node = self.at(path) or {}
        return str(node["discriminator"]["propertyName"]) if self.tags(node) else "type"

    def _plain(self, node: Mapping[str, Any]) -> Mapping[str, Any]:
        for _ in range(8):
            ways = [one for one in node.get("anyOf", ()) if one.get("type") != "null"]
            if "$ref" in node:
                node = self._referred(str(node["$ref"]))
            elif len(ways) == 1:
                node = ways[0]
            else:
                break
        return node

    def _referred(self, reference: str) -> Mapping[str, Any]:
        node: Any = self._whole
        for part in reference.removeprefix("#/").split("/"):
            node = node.get(part) if isinstance(node, dict) else None
        return node if isinstance(node, dict) else {}


def names_in(schema: object) -> frozenset[str]:
    """Every field name of a schema: the only words of a location that may be repeated."""
    return frozenset(name for name in _names(schema) if _PLAIN_NAME.match(name))


def _names(schema: object) -> Iterator[str]:
    pending = [schema]
    while pending:
        node = pending.pop()
        if isinstance(node, dict):
            if isinstance(node.get("properties"), dict):
                yield from (str(name) for name in node["properties"])
            pending.extend(node.values())
        elif isinstance(node, list):
            pending.extend(node)


def found(
    entries: Sequence[Mapping[str, Any]], names: frozenset[str], shape: Shape | None = None, skip: int = 0
) -> tuple[Finding, ...]:
    """Pydantic's findings in our words; ``shape`` describes what stands after the first ``skip`` parts of a path."""
    return tuple(dict.fromkeys(_one(entry, names, shape, skip) for entry in entries))[:MOST]


def _one(entry: Mapping[str, Any], names: frozenset[str], shape: Shape | None, skip: int) -> Finding:
    kind, path = str(entry["type"]), list(entry["loc"])
    if kind == "json_invalid":
        path = path[:skip]
    elif kind == "extra_forbidden":
        path = path[:-1]
    inner = path[skip:] if path[:skip] in ([], ["body"]) else None
    zh, en = _REASONS.get(kind, _OTHER)
    node = shape.at(inner) if shape is not None and inner is not None else None
    if kind.startswith("union_tag_") and shape is not None and inner is not None:
        path = [*path, shape.chooser(inner)]
    more = _more(kind, node) or _of_context(entry.get("ctx"))
    if more is not None and en.removeprefix("must be ") != more[1].removeprefix("expected "):
        zh, en = f"{zh}；{more[0]}", f"{en}; {more[1]}"
    return Finding(".".join(_shown(path, names, shape, skip)), zh, en)


def _more(kind: str, node: Mapping[str, Any] | None) -> _Said | None:
    if node is None or kind in ("json_invalid", "json_type"):
        return None
    if kind == "extra_forbidden":
        return _known_fields(node)
    return _listed(sorted(Shape.tags(node))) if kind.startswith("union_tag_") else _expected(node)


def _shown(path: Sequence[object], names: frozenset[str], shape: Shape | None, skip: int) -> Iterator[str]:
    for place, part in enumerate(path):
        before = shape.at(path[skip:place]) if shape is not None and place >= skip else None
        if before is not None and part in Shape.tags(before):
            continue  # which of the shapes it is stands in the path, but is no field
        if isinstance(part, int):
            yield str(part) if 0 <= part < 10_000 else "*"
        else:
            yield str(part) if part in names else "*"


def _listed(values: Sequence[object]) -> _Said:
    words = [str(value) for value in values]
    return f"允许的值：{'、'.join(words)}", f"allowed values: {', '.join(words)}"


def _known_fields(node: Mapping[str, Any]) -> _Said | None:
    fields = list(node["properties"]) if isinstance(node.get("properties"), dict) else []
    return (f"已知字段：{'、'.join(fields)}", f"known fields: {', '.join(fields)}") if fields else None


_KINDS: dict[str, _Said] = {
    "string": ("文本", "text"),
    "integer": ("整数", "a whole number"),
    "number": ("数字", "a number"),
    "boolean": ("true 或 false", "true or false"),
    "array": ("列表", "a list"),
    "object": ("对象", "an object"),
    "date-time": (
        "带时区的日期和时间，如 2026-03-02T09:00:00+08:00",
        "date, time and zone as 2026-03-02T09:00:00+08:00",
    ),
    "date": ("日期，如 2026-03-02", "a date as 2026-03-02"),
}
_LIMITS = (
    ("minLength", "至少 {} 个字符", "at least {} characters"),
    ("maxLength", "至多 {} 个字符", "at most {} characters"),
    ("pattern", "格式 {}", "of the form {}"),
    ("minimum", "不小于 {}", "not below {}"),
    ("exclusiveMinimum", "大于 {}", "above {}"),
    ("maximum", "不大于 {}", "not above {}"),
    ("exclusiveMaximum", "小于 {}", "below {}"),
    ("minItems", "至少 {} 条", "at least {} entries"),
    ("maxItems", "至多 {} 条", "at most {} entries"),
)


def _expected(node: Mapping[str, Any]) -> _Said | None:
    values = [node["const"]] if "const" in node else node.get("enum")
    if values:
        return _listed(values)
    kind = _KINDS.get(str(node.get("format"))) or _KINDS.get(str(node.get("type")))
    if kind is None:
        return None
    zh, en = [kind[0]], [kind[1]]
    for name, said_zh, said_en in _LIMITS:
        if name in node:
            zh.append(said_zh.format(node[name]))
            en.append(said_en.format(node[name]))
    return f"应为{'，'.join(zh)}", f"expected {', '.join(en)}"


def _of_context(context: object) -> _Said | None:
    """What pydantic says of its own rule where no schema is at hand; never what it says of the input."""
    if not isinstance(context, dict):
        return None
    known = context.get("expected_tags") or context.get("expected")
    if isinstance(known, str) and (values := re.findall(r"'([^']*)'", known)):
        return _listed(values)
    for name, zh, en in (
        ("ge", "不小于 {}", "not below {}"),
        ("gt", "大于 {}", "above {}"),
        ("le", "不大于 {}", "not above {}"),
        ("lt", "小于 {}", "below {}"),
        ("min_length", "至少 {}", "at least {}"),
        ("max_length", "至多 {}", "at most {}"),
        ("pattern", "格式 {}", "of the form {}"),
    ):
        if name in context:
            return f"应{zh.format(context[name])}", f"expected {en.format(context[name])}"
    return None
