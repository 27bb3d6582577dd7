"""Every form has a name, and none breaks a line."""

import json
from typing import get_args

import pytest
from hypothesis import given

from rawspoof.config.forms import Form
from rawspoof.core.event import ServiceCredential
from rawspoof.edges.sinks import ecs, forms, pylog
from rawspoof.edges.sinks.forms.table import FORMS, lines
from tests.edges.sinks.samples import AT, DST, EXAMPLES, OPENED, SRC

from .hostile import events


def test_the_names_are_those_of_the_settings():
    assert set(FORMS) == set(get_args(Form))


def test_a_name_that_is_none_is_answered_with_those_there_are():
    with pytest.raises(ValueError, match=r"^expected `ecs` or `ocsf` or .*, got 'xml'$"):
        forms.named("xml", "s")


@pytest.mark.parametrize("event", EXAMPLES)
def test_those_that_were_there_before_are_as_they_were(event):
    assert json.loads(forms.named("ecs", "s")(event) or b"") == ecs.document(event, "s")
    assert lines("pylog", "s")(event) == pylog.line(event)


@pytest.mark.parametrize("name", FORMS)
def test_a_files_line_ends(name):
    bare, whole = forms.named(name, "s"), lines(name, "s")
    assert [whole(event) for event in EXAMPLES] == [
        None if line is None else line + b"\n" for line in map(bare, EXAMPLES)
    ]


@pytest.mark.parametrize("name", sorted(set(FORMS) - {"pro", "rawspoof"}))
def test_each_tells_of_a_connection(name):
    assert b"198.51.100.42" in (forms.named(name, "s")(OPENED) or b"")


MAKERS = [forms.named(name, "sensör\n\x1b") for name in FORMS]


@given(events())
def test_an_event_is_one_line_in_every_form(event):
    for make in MAKERS:
        line = make(event) or b""
        assert not set(range(32)) & set(line) - {9}


HUGE = ServiceCredential(AT, SRC, 1, DST, 22, "x" * (1 << 20), "y" * (1 << 20), b"\xff" * (1 << 20), b"z" * (1 << 20))


@pytest.mark.parametrize("name", sorted(set(FORMS) - {"ecs", "rawspoof"}))
def test_a_megabyte_is_cut(name):
    # ECS and our own have all that the event kept, in hex and base64; the sensor keeps 1 KiB.
    assert len(forms.named(name, "s")(HUGE) or b"") < 30_000
