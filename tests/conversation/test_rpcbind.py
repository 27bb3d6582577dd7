"""The port mapper: what it knows, and how it refuses. The answers are those of rpcbind 1.2.6 (see tests/netns)."""

import struct

import pytest

from rawspoof.core.conversation.base import Then
from tests.conversation.talks import converse, living, never_raises

MAPPER = 100000


def text(value: bytes) -> bytes:
    return len(value).to_bytes(4) + value + bytes(-len(value) % 4)


def call(program=MAPPER, version=2, procedure=0, arguments=b"", rpc=2, auth=(0, b""), kind=0):
    flavor, body = auth
    head = struct.pack(">IIIIII", 7, kind, rpc, program, version, procedure)
    message = head + struct.pack(">I", flavor) + text(body) + bytes(8) + arguments
    return (0x80000000 | len(message)).to_bytes(4) + message


def words(reply):
    """Of an answer behind its transaction's number."""
    assert int.from_bytes(reply.data[:4]) == 0x80000000 | len(reply.data) - 4
    return struct.unpack(f">{len(reply.data[8:]) // 4}I", reply.data[8:])


def asked(*chunks, versions="2-4"):
    return converse(living("rpcbind", versions=versions), chunks)[-1]


def accepted(*values):
    return (1, 0, 0, 0, *values)


@pytest.mark.parametrize(
    ("request_", "told"),
    [
        (call(), accepted(0)),
        (call(version=4), accepted(0)),
        (call(procedure=3, arguments=struct.pack(">IIII", MAPPER, 2, 6, 0)), accepted(0, 111)),
        (call(procedure=3, arguments=struct.pack(">IIII", 100003, 3, 6, 0)), accepted(0, 0)),
        (call(procedure=1, arguments=struct.pack(">IIII", 100003, 3, 6, 2049)), (1, 1, 1, 5)),
        (call(procedure=3), accepted(4)),
        (call(procedure=6), accepted(3)),
        (call(version=104316), accepted(2, 2, 4)),
        (call(program=100003, version=3), accepted(1)),
        (call(version=3, procedure=6), accepted(0, 1735732800)),
        (call(version=3, procedure=9), accepted(3)),
        (call(version=4, procedure=3, arguments=bytes(8) + b"\xff\xff\xff\xff"), accepted(4)),
        (call(auth=(1, struct.pack(">I", 1) + text(b"h") + bytes(12))), accepted(0)),
        (call(auth=(1, b"abcd")), (1, 1, 1, 1)),
        (call(auth=(6, b"abcd")), (1, 1, 1, 1)),
        (call(auth=(99, b"")), (1, 1, 1, 2)),
        (call(auth=(3, b"")), (1, 1, 1, 7)),
    ],
)
def test_calls_are_answered_as_rpcbind_does(request_, told):
    reply = asked(request_)
    assert (words(reply), reply.data[4:8], reply.then) == (told, b"\0\0\0\7", Then.LISTEN)


def test_it_lists_itself():
    assert words(asked(call(procedure=4)))[5:] == (
        *(n for kind in (6, 17) for version in (4, 3, 2) for n in (1, MAPPER, version, kind, 111)),
        0,
    )
    assert words(asked(call(procedure=4), versions="2"))[5:] == (1, MAPPER, 2, 6, 111, 1, MAPPER, 2, 17, 111, 0)
    new = asked(call(version=4, procedure=4)).data
    assert (len(new), new.count(b"superuser"), new.count(b"tcp6")) == (688, 12, 2)


@pytest.mark.parametrize("procedure", [3, 9])
def test_it_tells_its_address(procedure):
    wanted = struct.pack(">II", MAPPER, 4) + text(b"tcp") + text(b"") + text(b"")
    assert asked(call(version=4, procedure=procedure, arguments=wanted)).data[28:] == text(b"192.0.2.1.0.111")
    other = struct.pack(">II", 100003, 4) + wanted[8:]
    assert asked(call(version=4, procedure=procedure, arguments=other)).data[28:] == bytes(4)
    assert asked(call(version=4, procedure=11, arguments=wanted)).data.count(b"192.0.2.1.0.111") == 2


def test_a_call_to_somebody_else_has_no_answer():
    assert asked(call(procedure=5, arguments=bytes(16)))[:2] == (b"", Then.LISTEN)


@pytest.mark.parametrize(
    "probe",
    [
        b"GET / HTTP/1.0\r\n\r\n",
        b"\x80\0\0\0",
        b"\xff\xff\xff\xffabc",
        b"\0\0\0\x0aabcdefghij",
        call(kind=1),
        call(rpc=3),
        b"\x80\0\0\4abcd",
    ],
)
def test_what_is_no_call_ends_it(probe):
    assert asked(probe)[:2] == (b"", Then.CLOSE)


def test_whatever_bytes_come():
    wanted = struct.pack(">II", MAPPER, 4) + text(b"tcp") + text(b"") + text(b"")
    calls = [call(version=v, procedure=p, arguments=wanted) for v in (2, 4) for p in (0, 3, 4, 9, 11)]
    never_raises(living("rpcbind"), *calls, b"\x80\0\0\x20", examples=25)
