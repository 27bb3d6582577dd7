"""memcached's binary packets: what is told, what is refused, and who tried to log in."""

import pytest

from rawspoof.core.conversation.base import Credential, Then
from rawspoof.core.conversation.memcached.binary import HEAD, answer, cut

STATS = [(b"pid", b"7"), (b"version", b"1.6.18")]


def packet(opcode, key=b"", value=b"", extras=b"", opaque=5):
    body = extras + key + value
    return HEAD.pack(0x80, opcode, len(key), len(extras), 0, 0, len(body), opaque, 0) + body


def told(request):
    """Status, key and value of each packet of the answer."""
    reply = answer(request, b"1.6.18", STATS)
    said, found = reply.data if reply else b"", []
    while said:
        magic, _, key, extras, _, status, size, opaque, _ = HEAD.unpack_from(said)
        assert (magic, opaque, extras) == (0x81, 5, 0)
        body, said = said[HEAD.size : HEAD.size + size], said[HEAD.size + size :]
        found.append((status, body[:key], body[key:]))
    return found


def test_version_and_statistics_are_told():
    assert told(packet(0x0B)) == [(0, b"", b"1.6.18")]
    assert told(packet(0x10)) == [(0, b"pid", b"7"), (0, b"version", b"1.6.18"), (0, b"", b"")]
    assert told(packet(0x0A)) == [(0, b"", b"")]


@pytest.mark.parametrize(("opcode", "status"), [(0, 1), (1, 0x82), (4, 1), (0x99, 0x81), (8, 0)])
def test_nothing_is_found_or_kept(opcode, status):
    assert told(packet(opcode, b"key"))[0][0] == status


def test_a_login_is_learned_and_fails():
    assert told(packet(0x20)) == [(0, b"", b"PLAIN")]
    reply = answer(packet(0x21, b"PLAIN", b"\0root\0secret"), b"1", [])
    assert reply is not None
    assert reply.notes == (Credential("PLAIN", b"root", b"secret"),)
    assert HEAD.unpack_from(reply.data)[5] == 0x20
    other = answer(packet(0x21, b"CRAM-MD5", b"xyz"), b"1", [])
    assert other is not None
    assert other.notes == (Credential("CRAM-MD5", b"", b"xyz"),)


def test_quiet_commands_are_quiet_unless_they_fail():
    assert answer(packet(0x09, b"key"), b"1", []) is None
    assert told(packet(0x11, b"key", b"v", b"\0" * 8))[0][0] == 0x82
    assert answer(packet(0x17), b"1", []) == (b"", Then.CLOSE, 0.0, ())
    assert answer(packet(7), b"1", []) is not None


def test_packets_are_cut_by_their_length():
    whole = packet(1, b"key", b"value")
    assert cut(bytearray(whole + b"more")) == (whole, len(whole), False)
    assert cut(bytearray(whole[:-1])) is None
    assert cut(bytearray(whole[:20])) is None
    huge = HEAD.pack(0x80, 1, 3, 8, 0, 0, 0xFFFFFFFF, 5, 0)
    assert cut(bytearray(huge)) == (huge, 24, True)
    reply = answer(huge, b"1", [])
    assert reply is not None
    assert (HEAD.unpack_from(reply.data)[5], reply.then) == (4, Then.CLOSE)
