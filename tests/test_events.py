"""The catalogue of events, its ECS form, its examples and the README's table say the same."""

import ast
import inspect
import json
import re
from pathlib import Path
from typing import get_args

import pytest

from rawspoof.core import event as catalogue
from rawspoof.edges.sinks import ecs

from .edges.sinks.samples import EXAMPLES

ROOT = Path(__file__).parents[1]
KINDS = {str(kind.__struct_config__.tag): kind for kind in get_args(catalogue.AnyEvent)}


def readme_rows() -> dict[str, list[str]]:
    """The rows of README's event table by kind: the cells beside it."""
    events = (ROOT / "README.md").read_text().partition("\n## Events\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `([a-z]+\.[a-z_]+)` \|(.*)\|$", events, re.MULTILINE)
    return {kind: [cell.strip() for cell in cells.split(" | ")] for kind, cells in rows}


def test_every_event_of_the_module_is_in_the_union():
    classes = [node for node in ast.parse(inspect.getsource(catalogue)).body if isinstance(node, ast.ClassDef)]
    events = {node.name for node in classes if any(key.arg == "tag" for key in node.keywords)}
    assert events == {kind.__name__ for kind in KINDS.values()}


def test_every_event_the_code_makes_is_in_the_catalogue():
    """A name imported from the catalogue and called is an event made; all of them must be kinds we document."""
    made = set()
    for path in (ROOT / "rawspoof").rglob("*.py"):
        tree = ast.parse(path.read_text())
        imports = [n for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.module == "rawspoof.core.event"]
        names = {alias.asname or alias.name for node in imports for alias in node.names}
        calls = [n.func.id for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)]
        made |= {name for name in names & set(calls) if issubclass(getattr(catalogue, name), catalogue.Event)}
    assert made <= {kind.__name__ for kind in KINDS.values()}


def test_every_kind_has_an_example():
    assert {type(example) for example in EXAMPLES} == set(KINDS.values())


def forms(value):
    """How a value may be told in JSON: bytes as hex, a moment as text, a duration in nanoseconds."""
    if isinstance(value, bytes):
        return [value.hex()]
    if isinstance(value, float):
        return [value, round(value * 1e9), ecs.timestamp(value).replace("+00:00", "Z")]
    return [value.ports if isinstance(value, catalogue.Target) else value]


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_kind_has_an_ecs_form_of_its_own(example):
    fields = json.loads(ecs.lines("sensor-1")(example))
    kind = fields["event"]["action"]
    assert KINDS[kind] is type(example)
    assert fields["event"]["dataset"].startswith("rawspoof.")
    # Whatever a kind has beyond what all share is found again in its ECS form.
    shared = {"at", "src", "sport", "dst", "dport"}
    for name in set(example.__struct_fields__) - shared:
        value = getattr(example, name)
        for part in value if isinstance(value, tuple) else [value]:
            assert any(json.dumps(shown) in json.dumps(fields) for shown in forms(part)), name


def test_the_readme_explains_every_kind_and_no_other():
    assert set(readme_rows()) == set(KINDS)


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_readme_names_the_ecs_fields_of_every_kind(example):
    fields = ecs.document(example, "s")
    row = " ".join(readme_rows()[fields["event"]["action"]])
    assert ", ".join(fields["event"]["type"]) in row
    for field in re.findall(r"`([a-z_]+(?:\.[a-z_]+)+)`", row):
        inner = fields
        for name in field.split("."):
            assert name in inner, field
            inner = inner[name]
