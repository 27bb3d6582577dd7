"""Messages of packets, logins in them, and tokens as clients read them."""

import struct

import pytest

from rawspoof.core.conversation.ms_sql_s import packets


def packet(kind, body, last=True):
    return struct.pack(">BBHHBB", kind, last, 8 + len(body), 0, 1, 0) + body


def hidden(password):
    """A password as MS-TDS has it hidden."""
    return bytes((b >> 4 | (b & 15) << 4) ^ 0xA5 for b in password.encode("utf-16-le"))


def login_7(user="sa", password="s3cret", tds=0x74000004, sspi=b"", flags=0):
    fields = [("ws1", None), (user, None), ("", hidden(password)), ("app", None), ("srv", None)]
    head = struct.pack("<IIIIIBBBBII", tds, 4096, 7, 1, 0, 0xE0, flags, 0, 0, 0, 0x409)
    at, table, data = 94, b"", b""
    for text, raw in fields:
        raw = text.encode("utf-16-le") if raw is None else raw
        table += struct.pack("<HH", at, len(raw) // 2)
        data += raw
        at += len(raw)
    table += struct.pack("<HHHHHHHH", at, 0, at, 0, at, 0, at, 0) + bytes(6) + struct.pack("<HH", at, len(sspi))
    table += struct.pack("<HHHHI", at, 0, at, 0, 0)
    body = head + table + data + sspi
    return struct.pack("<I", len(body) + 4) + body


def login_4(user=b"sa", password=b"s3cret"):
    return b"".join(field.ljust(30, b"\0") + bytes([len(field)]) for field in (b"ws1", user, password)) + bytes(480)


def test_a_message_is_all_packets_up_to_its_last():
    whole = packet(0x10, b"ab", last=False) + packet(0x10, b"cd")
    assert packets.size(bytearray(whole + b"more")) == len(whole)
    assert [packets.size(bytearray(whole[:n])) for n in (0, 7, 9, 10, 17, 19)] == [0] * 6
    assert packets.body(whole) == b"abcd"


@pytest.mark.parametrize(
    "data", [b"GET / HTTP/1.0", b"\x12\1\0\7\0\0\0\0", b"\x12\1\xff\xff\0\0\0\0", b"\x16\3\1\2\0\0\0\0"]
)
def test_what_is_no_message(data):
    assert packets.size(bytearray(data)) == -1


def test_logins():
    assert packets.login_7(login_7("sä", "pä§§")) == (0x74, "sä".encode(), "pä§§".encode(), b"", False)
    assert packets.login_7(login_7(sspi=b"token", flags=0x80))[3:] == (b"token", True)
    assert packets.login_4(login_4()) == (0x42, b"sa", b"s3cret", b"", False)
    assert packets.login_7(login_7()[:80]) is packets.login_4(b"sa") is None


def test_a_login_that_points_beyond_its_end_names_nobody():
    wild = login_7()[:36] + b"\xff\xff\xff\xff" * 13
    assert packets.login_7(wild) == (0x74, b"", b"", b"", False)


@pytest.mark.parametrize(("tds", "wide"), [(0x74, True), (0x72, True), (0x71, False), (0x42, False)])
def test_a_refusal_is_as_long_as_it_says(tds, wide):
    said = packets.refusal(tds, 18456, "no", "SRV")
    length = int.from_bytes(said[1:3], "little")
    assert struct.unpack_from("<IBB", said, 3) == (18456, 1, 14)
    assert said[3 + length :] == b"\xfd\2\0\0\0" + bytes(8 if wide else 4)
    assert ("no" if tds == 0x42 else "n\0o\0").encode() in said


def test_servers_speak_in_one_packet():
    assert packets.packet(packets.challenge(b"abc"), 51) == b"\4\1\0\x0e\0\x33\1\0\xed\3\0abc"
