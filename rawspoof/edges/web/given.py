"""What a request brings along, held against its description: parameters and body become values, or a line that says no.

Knows the part of JSON Schema that `openapi` uses, and no route.
"""

import math
import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec
from starlette.requests import Request

from rawspoof.edges.web.answer import No
from rawspoof.edges.web.schemas import SCHEMAS, Schema

BODY_BYTES_MAX: Final = 1 << 20
"""65,535 trigger ports take 400 KB."""
_JSON: Final = "application/json"

_KINDS: Final[dict[str, tuple[type, ...]]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}


def parameters(operation: Mapping[str, Any], request: Request) -> dict[str, Any]:
    """The parameters of an operation by name, defaults included. Raises No (400, 403)."""
    found: dict[str, Any] = {}
    for one in operation["parameters"]:
        name, schema, where = one["name"], one["schema"], one["in"]
        if where == "header":
            if fault(request.headers.get(name, ""), schema, name):
                raise No(403, f"a request that changes something needs the header {name}: 1")
            continue
        texts = [request.path_params[name]] if where == "path" else request.query_params.getlist(name)
        if len(texts) > 1:
            raise No(400, f"{name}: expected once, got {len(texts)} times")
        if texts:
            found[name] = _value(name, texts[0], schema)
        elif one["required"]:
            raise No(400, f"{name}: needed")
        elif "default" in schema:
            found[name] = schema["default"]
    return found


def body(operation: Mapping[str, Any], data: bytes, kind: str) -> Any:
    """The JSON that was sent, as the operation wants it. Raises No (400, 415)."""
    if kind.partition(";")[0].strip().lower() != _JSON:
        raise No(415, f"expected content-type: {_JSON}, got {kind[:80]!r}")
    try:
        value = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise No(400, f"not JSON: {error}") from None
    wrong = fault(value, operation["requestBody"]["content"][_JSON]["schema"], "")
    if wrong:
        raise No(400, wrong)
    return value


def fault(value: Any, schema: Schema, where: str) -> str:
    """What is wrong with a value, in a line, or "" for nothing."""
    if "$ref" in schema:
        schema = SCHEMAS[schema["$ref"].rpartition("/")[2]]
    name = where or "the body"
    kind = schema.get("type")
    if kind and not _is(value, kind):
        return f"{name}: expected {kind}"
    if "enum" in schema and value not in schema["enum"]:
        return f"{name}: expected one of {', '.join(schema['enum'])}"
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _number(value, schema, name)
    if isinstance(value, str):
        return _text(value, schema, name)
    if isinstance(value, list):
        return _items(value, schema, name, where)
    if isinstance(value, dict):
        return _fields(value, schema, name, where)
    return ""


def _is(value: Any, kind: str) -> bool:
    if isinstance(value, bool) and kind != "boolean":
        return False
    # JSON knows one kind of number: 1.0 is an integer.
    whole = kind == "integer" and isinstance(value, float) and value.is_integer()
    return whole or isinstance(value, _KINDS[kind])


def _number(value: float, schema: Schema, name: str) -> str:
    low, high = schema.get("minimum", -math.inf), schema.get("maximum", math.inf)
    if not low <= value <= high or not math.isfinite(value):
        return f"{name}: expected {low} to {high}"
    return ""


def _text(value: str, schema: Schema, name: str) -> str:
    low, high = schema.get("minLength", 0), schema.get("maxLength", BODY_BYTES_MAX)
    if not low <= len(value) <= high:
        return f"{name}: expected {low} to {high} characters"
    if "pattern" in schema and not re.search(schema["pattern"], value):
        return f"{name}: expected the form {schema['pattern']}"
    return ""


def _items(value: list[Any], schema: Schema, name: str, where: str) -> str:
    if len(value) > schema.get("maxItems", math.inf):
        return f"{name}: expected at most {schema['maxItems']}"
    inner = schema.get("items", {})
    return next((wrong for n, one in enumerate(value) if (wrong := fault(one, inner, f"{where}[{n}]"))), "")


def _fields(value: dict[str, Any], schema: Schema, name: str, where: str) -> str:
    known = schema.get("properties", {})
    for key in schema.get("required", ()):
        if key not in value:
            return f"{name}: {key} is needed"
    for key, one in value.items():
        if key not in known and schema.get("additionalProperties") is False:
            return f"{name}: {key[:80]!r} is unknown; known are {', '.join(known)}"
        if key in known and (wrong := fault(one, known[key], f"{where}.{key}".lstrip("."))):
            return wrong
    return ""


def _value(name: str, text: str, schema: Schema) -> Any:
    """A parameter's text as what its schema says. Raises No."""
    value: Any = text
    try:
        if schema.get("type") == "integer":
            # int() also reads blanks, underscores and the digits of other scripts.
            value = int(text) if re.fullmatch(r"-?[0-9]{1,20}", text) else text
        elif schema.get("type") == "number":
            value = float(text) if re.fullmatch(r"-?[0-9.]{1,30}([eE][+-]?[0-9]{1,3})?", text) else text
    except ValueError:
        value = text
    wrong = fault(value, schema, name)
    if wrong:
        raise No(400, f"{wrong}, got {text[:80]!r}")
    return value
