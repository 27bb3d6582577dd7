"""A controller identifies itself, shows its values and takes none."""

import struct

import pytest

from rawspoof.core.conversation.base import Then
from tests.conversation.talks import converse, living, never_raises, said

PLC = living("modbus", model="BMX P34 2020")
GATEWAY = living("modbus", code="\x0b")


def request(function, data=b"", unit=1, protocol=0):
    return struct.pack(">HHHBB", 5, protocol, 2 + len(data), unit, function) + data


def told(*requests, who=PLC):
    """Unit, function and data of the one answer."""
    answer = said(converse(who, requests))
    number, protocol, length = struct.unpack_from(">HHH", answer)
    assert (number, protocol, length) == (5, 0, len(answer) - 6)
    return answer[6], answer[7], answer[8:]


def test_device_identification():
    unit, function, data = told(request(0x2B, b"\x0e\1\0"))
    assert (unit, function, data[:6]) == (1, 0x2B, b"\x0e\1\x82\0\0\3")
    assert data[6:] == b"\0\x12Schneider Electric" + b"\1\x0cBMX P34 2020" + b"\2\5v2.60"
    assert told(request(0x2B, b"\x0e\4\1"))[2] == b"\x0e\4\x82\0\0\1\1\x0cBMX P34 2020"
    assert told(request(0x2B, b"\x0e\1\7"))[2] == data
    assert told(request(0x2B, b"\x0e\4\7"))[1:] == (0xAB, b"\2")
    assert told(request(0x2B, b"\x0e\7\0"))[1:] == (0xAB, b"\3")
    assert told(request(0x2B, b"\x0d"))[1:] == (0xAB, b"\1")


def test_server_id_and_echo():
    assert told(request(0x11))[2] == bytes((len(b"BMX P34 2020") + 1,)) + b"BMX P34 2020\xff"
    assert told(request(8, b"\0\0\xa5\x37"))[2] == b"\0\0\xa5\x37"


@pytest.mark.parametrize("unit", [0, 1, 255])
def test_values_are_small_and_stay(unit):
    _, _, data = told(request(3, struct.pack(">HH", 0, 125), unit))
    values = struct.unpack(">125H", data[1:])
    assert (data[0], 0 < max(values) < 1000) == (250, True)
    assert told(request(3, struct.pack(">HH", 10, 5), unit))[2][1:] == struct.pack(">5H", *values[10:15])


def test_coils_are_bits():
    _, _, data = told(request(1, struct.pack(">HH", 0, 13)))
    assert (data[0], len(data), data[2] >> 5) == (2, 3, 0)
    _, _, later = told(request(1, struct.pack(">HH", 8, 5)))
    assert later[1] == data[2]


@pytest.mark.parametrize(
    ("function", "data", "code"),
    [
        (3, b"\0\0\0\0", 3),
        (3, b"\0\0\0\x7e", 3),
        (1, b"\0\0\x07\xd1", 3),
        (3, b"\0\0", 3),
        (4, b"\x27\x10\0\1", 2),
        (3, b"\xff\xff\0\x01", 2),
        (5, b"\0\0\xff\0", 1),
        (6, b"\0\0\0\1", 1),
        (16, b"\0\0\0\1\2\0\1", 1),
        (0x5A, b"\0", 1),
    ],
)
def test_exceptions(function, data, code):
    assert told(request(function, data)) == (1, function | 0x80, bytes((code,)))


def test_a_gateway_reaches_nobody():
    assert told(request(3, b"\0\0\0\1"), who=GATEWAY) == (1, 0x83, b"\x0b")


@pytest.mark.parametrize(
    ("probe", "answer", "then"),
    [
        (b"\r\n\r\n", b"\r\n\r\n\0\3\1\x80\1", Then.LISTEN),
        (b"\x16\3\0\0S\1\0\0", b"\x16\3\0\0\0\3\1\x80\1", Then.CLOSE),
        (b"GET / HTTP/1.0\r\n\r\n", b"GE\0\0\0\3H\xd4\1", Then.CLOSE),
        (b"\0\x1e\0\6\1\0\0\1", b"", Then.CLOSE),
        (b"\0\1\0\0\0\1\1", b"", Then.CLOSE),
    ],
)
def test_what_is_no_header_is_answered_as_written(probe, answer, then):
    assert converse(PLC, [probe])[-1][:2] == (answer, then)


@pytest.mark.parametrize("who", [PLC, GATEWAY])
def test_nothing_breaks_it(who):
    never_raises(who, request(3, b"\0\0\0\x7d"), request(0x2B, b"\x0e\1\0"), b"\0\1\0\0\0", b"\0\0", examples=25)
