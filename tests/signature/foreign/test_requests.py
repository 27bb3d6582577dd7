"""Requests: nmap's probe is answered, what asks for the same too, and nothing else."""

import re

import pytest

from rawspoof.core.signature.foreign.requests import ANYTHING, of_probe

GET = b"GET / HTTP/1.0\r\n\r\n"
BROWSER = b"GET /x?y HTTP/1.1\r\nHost: h\r\nUser-Agent: u\r\n\r\n"
OPTIONS = b"OPTIONS / HTTP/1.0\r\n\r\n"
RTSP = b"OPTIONS / RTSP/1.0\r\n\r\n"
SIP = b"OPTIONS sip:nm SIP/2.0\r\nVia: x\r\n\r\n"
MISSING = b"GET /nice HTTP/1.0\r\n\r\n"
HELLO = b"\x16\x03\x01\0\x05\x01\0\0\x01\0"


@pytest.mark.parametrize(
    ("probe", "asked", "answered"),
    [
        (GET, GET, True),
        (GET, BROWSER, True),
        (GET, b"\r\n" + GET, True),
        (GET, OPTIONS, False),
        (GET, GET[:-2], False),
        (OPTIONS, b"OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", True),
        (OPTIONS, RTSP, False),
        (RTSP, b"DESCRIBE rtsp://h/ RTSP/1.0\r\nCSeq: 1\r\n\r\n", True),
        (SIP, b"REGISTER sip:h SIP/2.0\r\n\r\n", True),
        (MISSING, b"GET /favicon.ico HTTP/1.1\n\n", True),
        (MISSING, GET, False),
        (HELLO, b"\x16\x03\x03\x02\0\x01", True),
        (b"HELP\r\n", b"help\n", True),
        (b"HELP\r\n", b"HELP", False),
        (b"\r\n\r\n", b"\n\n", True),
        (b"\r\n\r\n", GET, False),
        (b"\0\x01(.)", b"\0\x01(.)more", True),
        (b"\0\x01(.)", b"\0\x01(x)", False),
    ],
)
def test_what_is_answered(probe, asked, answered):
    assert bool(re.match(of_probe(probe).when, asked)) is answered


@pytest.mark.parametrize("probe", [GET, OPTIONS, RTSP, SIP, MISSING, HELLO, b"HELP\r\n", b"\0\x01"])
def test_more_bytes_match_no_more(probe):
    when = re.compile(of_probe(probe).when)
    found = when.match(probe + b"\r\n\r\n" + probe)
    assert found.end() == next(n for n in range(len(probe) + 1) if when.match(probe[:n]))


def test_http_closes_and_others_go_on():
    assert [of_probe(probe).close for probe in (GET, OPTIONS, RTSP, b"HELP\r\n")] == [True, True, False, False]


def test_anything_is_any_byte():
    assert all(re.match(ANYTHING.when, bytes([byte])) for byte in range(256))
