"""X servers: refused in either byte order, cookies noted, and no request of an admitted client is granted."""

import struct

import pytest

from rawspoof.core.conversation.base import Credential, Then
from tests.conversation.talks import converse, credentials, living, never_raises

COOKIE = b"MIT-MAGIC-COOKIE-1"


def set_up(order="<", name=b"", data=b"", major=11):
    head = struct.pack(order + "HHHHH", major, 0, len(name), len(data), 0)
    mark = b"l\0" if order == "<" else b"B\0"
    return mark + head + name + bytes(-len(name) % 4) + data + bytes(-len(data) % 4)


def refusal(order, why):
    return bytes((0, len(why))) + struct.pack(order + "HHH", 11, 0, (len(why) + 3) // 4) + why + bytes(-len(why) % 4)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(
    ("service", "why"),
    [
        ("x11-closed", b"No protocol specified\n"),
        ("x11-closed-old", b"Client is not authorized to connect to Server"),
    ],
)
def test_nobody_is_let_in_in_either_order(service, why, order):
    assert converse(living(service), [set_up(order)])[-1][:2] == (refusal(order, why), Then.CLOSE)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("service", ["x11-closed", "x11"])
def test_a_cookie_is_wrong_and_noted(service, order):
    replies = converse(living(service), [set_up(order, COOKIE, b"c" * 16)])
    assert replies[-1][:2] == (refusal(order, b"Invalid MIT-MAGIC-COOKIE-1 key"), Then.CLOSE)
    assert credentials(replies) == [Credential("MIT-MAGIC-COOKIE-1", b"", (b"c" * 16).hex().encode())]


def test_other_ways_and_versions_are_not_known():
    other = converse(living("x11-closed"), [set_up(name=b"XDM-AUTHORIZATION-1", data=b"x")])
    assert b"Protocol not supported by server\n" in other[-1].data
    assert credentials(other)[0].method == "XDM-AUTHORIZATION-1"
    assert b"Protocol version mismatch" in converse(living("x11"), [set_up(major=10)])[-1].data


@pytest.mark.parametrize(("service", "formats"), [("x11", 7), ("exceed", 4)])
def test_an_open_server_shows_a_whole_screen_and_grants_nothing(service, formats):
    _, shown, refused = converse(living(service), [set_up(), b"\x37\0\4\0" + bytes(12) + b"\x62\0\2\0" + bytes(4)])
    said, words = shown.data, int.from_bytes(shown.data[6:8], "little")
    assert (len(said), said[28], said[29]) == (8 + 4 * words, 1, formats)
    vendor = int.from_bytes(said[24:26], "little")
    first = 40 + vendor + -vendor % 4
    assert said[first : first + 3] == b"\1\1\x20"
    # The screen is 40 octets, its one depth 8, the depth's one visual 24: their depth is 24 bits.
    assert (said[-34], said[-32], len(said) - first - 8 * formats) == (24, 24, 72)
    errors = [refused.data[n : n + 32] for n in (0, 32)]
    assert [(e[0], e[1], e[2], e[10]) for e in errors] == [(0, 10, 1, 0x37), (0, 10, 2, 0x62)]


@pytest.mark.parametrize("probe", [b"GET / HTTP/1.0\r\n", b"\x16\3\1", b"l\0" + b"\xff" * 10])
def test_what_is_no_set_up_ends_it(probe):
    assert converse(living("x11"), [probe])[-1][:2] == (b"", Then.CLOSE)


def test_a_request_without_length_ends_it():
    assert converse(living("x11"), [set_up(), bytes(4)])[-1].then is Then.CLOSE


@pytest.mark.parametrize("service", ["x11", "x11-closed", "exceed", "x-win32-closed"])
def test_whatever_bytes_come(service):
    never_raises(
        living(service), set_up(), set_up(">"), set_up(name=COOKIE, data=b"c" * 16), b"\x37\0\1\0", examples=15
    )
