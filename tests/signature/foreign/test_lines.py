"""Patterns without a service: what they say, who speaks first, and what a payload pins to its port."""

import re

import pytest

from rawspoof.core.signature.foreign import requests
from rawspoof.core.signature.foreign.lines import VARIANTS_MAX, outcomes, pin
from rawspoof.core.signature.foreign.portspoof import conf, signatures
from rawspoof.core.signature.foreign.press import Left
from tests.signature.foreign.samples import CONF, SIGNATURES

SECRET = b"s" * 32
PATTERNS = dict(signatures(SIGNATURES.decode("latin-1")))


def made(old=False, secret=SECRET):
    found = outcomes(PATTERNS.items(), secret, old)
    return {each.line if isinstance(each, Left) else each.entry.line: each for each in found}


def text(each):
    return b"".join(part if isinstance(part, bytes) else b"h.lan" for part in each.entry.said)


def pinned(conf_text, old=False):
    return {port: each for each in pin(conf("c", conf_text)[0], SECRET, old) for port in each.ports}


def test_every_pattern_matches_what_is_said():
    found = made()
    assert [number for number, each in found.items() if isinstance(each, Left)] == [7]
    assert "no closing bracket" in found.pop(7).reason
    assert all(re.match(PATTERNS[number], text(each)) for number, each in found.items())


@pytest.mark.parametrize(
    ("pattern", "protocol", "request_"),
    [
        (rb"SSH-2\.0-Foossh_([\w._-]+)\r\n", "ssh", None),
        (rb"220 ([-.\w]+) ESMTP Foo\r\n", "smtp", None),
        (rb"220 ([-.\w]+) Foo ready\r\n", "ftp", None),
        (rb"\xff\xfb\x01Foo", "telnet", None),
        (rb"HTTP/1\.1 200 OK\r\nServer: Foo\r\n", "http", requests.ANY_HTTP),
        (rb"HTTP/1\.1 501 .*\r\nServer: Foo\r\n", "http", requests.COMPLAINT),
        (rb"RTSP/1\.0 200 OK\r\n", "rtsp", requests.RTSP),
        (rb"\x01\0foo", "unknown", requests.ANYTHING),
    ],
)
def test_who_speaks_first_is_told_by_what_is_said(pattern, protocol, request_):
    (each,) = outcomes([(1, pattern)], SECRET, False)
    assert (each.protocol, each.request) == (protocol, request_)


def test_a_pattern_that_says_nothing_is_left_out():
    (each,) = outcomes([(1, b"(?:)$")], SECRET, False)
    assert "without a word" in each.reason


def test_a_host_s_name_is_a_gap():
    assert made()[3].entry.said[:2] == (b"220 ", "fqdn")


def test_the_old_generator_keeps_the_line_s_newline():
    found = made(old=True)
    assert text(found[1]).endswith(b"\r\n\n")
    assert not re.match(PATTERNS[4], text(found[4]))
    assert not any(isinstance(each, Left) for each in found.values())


def test_the_secret_decides():
    assert made() == made()
    assert text(made()[1]) != text(made(secret=b"t" * 32)[1])


@pytest.mark.parametrize(
    ("port", "protocol", "looks"),
    [
        (22, "ssh", rb"SSH-2\.0-Foossh_8\.9p1\r\n"),
        (80, "http", rb"HTTP/1\.1 200 OK\r\nServer: foo/\d+\.\d+\r\n\r\n"),
        (7, "unknown", rb'say "more" twice'),
        (81, "unknown", rb'\+ADw-\$x\|\{y\}\? "quoted" \w+'),
    ],
)
def test_payloads_are_said_at_their_ports(port, protocol, looks):
    each = pinned(CONF)[port]
    assert re.fullmatch(looks, text(each))
    assert each.protocol == protocol
    assert (each.request == requests.ANY_HTTP) is (protocol == "http")


def test_what_is_no_pattern_is_said_as_it_is():
    assert text(pinned(r'5 "(a [b \x41"')[5]) == b"(a [b A"


def test_ports_of_a_range_differ_up_to_a_limit():
    said = {text(each) for each in pinned(r'1-65535 "\w\w\w\w\d\d\w\w"').values()}
    assert VARIANTS_MAX - 3 <= len(said) <= VARIANTS_MAX


def test_payloads_as_the_old_generator_has_them():
    assert re.fullmatch(rb"SSH-2[a-y]0-Foossh_8[a-y]9p1\r\n", text(pinned(CONF, old=True)[22]))
