"""An S7-300 as nmap's s7-info and a programming device meet it."""

import struct

import pytest

from rawspoof.core.conversation.base import Credential, Then
from rawspoof.core.conversation.iso_tsap import password
from tests.conversation.talks import converse, credentials, living, never_raises, said

PLC = living("siemens-s7", module="6ES7 315-2EH14-0AB0", firmware="3.2.6")
CONNECT = bytes.fromhex("0300001611e00000001400c1020100c2020102c0010a")
SETUP = bytes.fromhex("0300001902f08032010000000000080000f0000001000101e0")
SZL = bytes.fromhex("0300002102f080320700000000000800080001120411440100ff09000400110001")
COMPONENTS = SZL.replace(b"\0\x11\0\x01", b"\0\x1c\0\x01")
MISSING = SZL.replace(b"\0\x11\0\x01", b"\x04\x24\0\0")
READ = bytes.fromhex("0300001f02f080320100000002000e00000401120a10020001000083000000")
STOP = bytes.fromhex("0300002102f0803201000000030010000029000000000009505f50524f4752414d")


def told(*requests):
    return [reply.data for reply in converse(PLC, requests)[1:]]


def test_a_connection_to_its_slot():
    assert told(CONNECT) == [bytes.fromhex("0300001611d00014000100c1020100c2020102c0010a")]
    assert told(CONNECT.replace(b"\x01\x02\xc0", b"\x02\x00\xc0"))[0][5] == 0xD0


@pytest.mark.parametrize("tsap", ["c2020104", "c20101", "c3020102"])
def test_no_connection_to_others(tsap):
    asked = CONNECT.replace(bytes.fromhex("c2020102"), bytes.fromhex(tsap).ljust(4, b"\0"))
    assert converse(PLC, [asked])[-1][:2] == (b"", Then.CLOSE)


def test_set_up():
    assert told(CONNECT, SETUP)[1] == bytes.fromhex("0300001b02f08032030000000000080000 0000f0000001000100f0")


def test_the_module_as_nmap_reads_it():
    answer = told(CONNECT, SETUP, SZL)[2]
    assert (len(answer), answer[2:4], answer[7]) == (125, b"\0\x7d", 0x32)
    assert answer[43:63] == b"6ES7 315-2EH14-0AB0 "
    assert answer[71:91] == b"6ES7 315-2EH14-0AB0 "
    assert answer[122:125] == b"\3\2\6"


def test_the_station_as_nmap_reads_it():
    answer = told(CONNECT, SETUP, COMPONENTS)[2]
    texts = [answer[at : answer.index(b"\0", at)] for at in (43, 77, 111, 145, 179)]
    assert texts[:2] == [PLC.facts["station"], b"CPU 315-2 PN/DP"]
    assert texts[2:4] == [b"", b"Original Siemens Equipment"]
    assert texts[4].startswith(b"S C-")


def test_nothing_is_read_or_stopped():
    for asked in (READ, STOP):
        assert told(CONNECT, SETUP, asked)[2][7:] == b"\x32\3\0\0" + asked[11:13] + b"\0\0\0\0\x81\4"
    assert told(CONNECT, SETUP, MISSING)[2].endswith(b"\xd4\1\x0a\0\0\0")


def hide(text):
    hidden = b""
    for n, byte in enumerate(text.ljust(8)):
        hidden += bytes((byte ^ 0x55 ^ (hidden[n - 2] if n > 1 else 0),))
    return hidden


def test_a_password_is_read_and_refused():
    assert password(hide(b"geheim")) == b"geheim"
    head = bytes.fromhex("0300002502f080320700000500000800 0c0001120411450100ff090008")
    reply = converse(PLC, [CONNECT, SETUP, head + hide(b"geheim")])[-1]
    assert credentials([reply]) == [Credential("password", b"", b"geheim")]
    assert b"\xd6\2" in reply.data


@pytest.mark.parametrize(
    "garbage",
    [
        b"GET / HTTP/1.0\r\n\r\n",
        b"\3\0\0\6",
        b"\3\0\xff\xff",
        bytes.fromhex("0300000b06e00000000000"),
        SETUP,
        b"\3\0\0\7\2\xf0\x80",
    ],
)
def test_what_is_not_understood_ends_it(garbage):
    assert converse(PLC, [garbage])[-1][:2] == (b"", Then.CLOSE)


def test_nothing_breaks_it():
    never_raises(PLC, CONNECT, SETUP, SZL, COMPONENTS, b"\3\0\0\x19\2\xf0\x80\x32\1", struct.pack(">H", 7))
    assert said(converse(PLC, [CONNECT, b"\3\0\0\x11\2\xf0\x80\x32\1\0\0\0\0\xff\xff\xff\xff"]))[22:] == b""
