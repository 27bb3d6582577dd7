"""Files are told by what is in them, and what is none of them is refused with line and cure."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rawspoof.config.load import ConfigError
from rawspoof.config.migrate.kinds import TEXT_BYTES_MAX, Input, Kind, kind_of
from tests.config.migrate.samples import CONF, DEFAULTS, EMAIL, PASSWD, SAVED, SCRIPT, SIGNATURES, UNIT


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (CONF, Kind.CONF),
        ('# x\r\n1e3 "x"\r\n', Kind.CONF),
        (SIGNATURES, Kind.SIGNATURES),
        ("Probe TCP NULL q||\nmatch a m|^b| p/C/\n", Kind.SIGNATURES),
        (SAVED, Kind.RULES),
        (SCRIPT, Kind.SCRIPT),
        (DEFAULTS, Kind.SCRIPT),
        ("iptables -t nat -L\n", Kind.SCRIPT),
        ("portspoof -D\n", Kind.SCRIPT),
        ("sudo python3 -m portspoof_py -v\n", Kind.SCRIPT),
        (UNIT, Kind.UNIT),
        (EMAIL, Kind.EMAIL),
        (PASSWD, Kind.PASSWD),
    ],
)
def test_each_kind_is_known(text, kind):
    assert kind_of(Input("file", text.encode())) is kind


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "file:1: is empty; expected a portspoof.conf"),
        (b" \n", "file:1: is empty"),
        (b"a\nb\0", "file:2: is binary"),
        (
            b"\n\nDear friend,\nhow are you\nand what is new\n",
            "file:3: is nothing that portspoof or portspoof-py reads",
        ),
        (b"[sensor]\nqueue = 1\n", "file:1: is nothing that"),
        (b"#!/bin/sh\n" + b"#" * TEXT_BYTES_MAX, f"file: is longer than {TEXT_BYTES_MAX} bytes, too long for a shell"),
    ],
)
def test_anything_else_is_refused_in_a_line(data, why):
    with pytest.raises(ConfigError) as refused:
        kind_of(Input("file", data))
    assert str(refused.value).startswith(why)
    assert "\n" not in str(refused.value)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_kind_or_refused(data):
    refused = ""
    try:
        assert kind_of(Input("file", data)) in Kind
    except ConfigError as wrong:
        refused = str(wrong)
    assert not refused or refused.startswith("file:")


def test_text_is_what_a_person_wrote():
    assert Input("f", "ü".encode()).text == "ü"
    assert Input("f", b"\xfc").text == Input("f", b"\xfc").bytewise == "ü"
