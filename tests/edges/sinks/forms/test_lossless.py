"""What a hub reads is what the sensor saw."""

import json

import pytest
from hypothesis import given

from rawspoof.edges.sinks import forms
from rawspoof.edges.sinks.forms.lossless import decode, encode
from tests.edges.sinks.samples import EXAMPLES, TOUCHED

from .hostile import events


@pytest.mark.parametrize("event", EXAMPLES)
def test_every_kind_comes_back_as_it_was(event):
    assert decode(encode(event)) == event
    assert json.loads(encode(event))[0] == type(event).__struct_config__.tag


@given(events())
def test_so_does_whatever_was_sent_to_us(event):
    assert decode(encode(event)) == event


def test_its_name():
    assert forms.named("rawspoof", "s")(TOUCHED) == encode(TOUCHED)


@pytest.mark.parametrize("line", [b"", b"{}", b"[]", b'["block.gone",1]', encode(TOUCHED)[:-1], b"[" * 100_000])
def test_what_is_none_is_said_to_be_none(line):
    with pytest.raises((ValueError, RecursionError)):
        decode(line)
