"""portspoof-py's line, byte for byte: its recipes grep and compare it as text."""

import json

import pytest

from rawspoof.core.event import SessionOpened
from rawspoof.edges.sinks.pylog import line

from .samples import AT, CLOSED, DATA, DST6, OPENED, SRC6, SYN


def test_the_line():
    assert line(OPENED) == (
        b'{"timestamp": "2025-06-01T14:32:07.841203+00:00", "src_ip": "198.51.100.42", "src_port": 54312, '
        b'"dst_port": 443, "banner_hex": "485454502f312e3120323030200d0a", "banner_len": 15}\n'
    )


@pytest.mark.parametrize("greeting", [b"", b'"\\\n\x00\xff'])
def test_it_is_what_json_would_write(greeting):
    text = line(SessionOpened(AT, SRC6, 1, DST6, 2, 'a "service"', greeting))
    assert text is not None
    assert json.dumps(json.loads(text)).encode() + b"\n" == text
    assert json.loads(text)["src_ip"] == "2001:db8::7"
    assert json.loads(text)["banner_len"] == len(greeting)


@pytest.mark.parametrize("event", [DATA, CLOSED, SYN])
def test_only_a_completed_connection_has_one(event):
    assert line(event) is None
