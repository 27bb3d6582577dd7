"""Windows' RPC: interfaces bound or refused, log-ins noted, calls answered by nobody."""

import struct
from uuid import UUID

import pytest

from rawspoof.core.conversation.base import Then
from rawspoof.core.conversation.msrpc import MAPPER, NDR
from tests.conversation import ntlm_client as ntlm
from tests.conversation.talks import converse, credentials, living, never_raises

SERVICES = UUID("4b324fc8-1670-01d3-1278-5a47bf6ee188").bytes_le
FEATURES = UUID("6cb71c2c-9812-4540-0300-000000000000").bytes_le


def packet(kind, body, token=b""):
    auth = b"\x0a\2\0\0\1\0\0\0" + token if token else b""
    return struct.pack("<BBBB4sHHI", 5, 0, kind, 3, b"\x10\0\0\0", 16 + len(body + auth), len(token), 9) + body + auth


def bind(*interfaces, syntax=NDR, token=b""):
    body = struct.pack("<HHIB3x", 4280, 4280, 0, len(interfaces))
    for number, interface in enumerate(interfaces):
        body += struct.pack("<HBx16sI16sI", number, 1, interface, 3, syntax, 2)
    return packet(11, body, token)


def call(procedure, context=0, stub=b""):
    return packet(0, struct.pack("<IHH", len(stub), context, procedure) + stub)


def asked(*packets, port=135):
    return converse(living("msrpc", port), packets)


def results(reply):
    at = 26 + int.from_bytes(reply.data[24:26], "little")
    at += -at % 4
    return [struct.unpack_from("<HH", reply.data, at + 4 + 24 * n) for n in range(reply.data[at])]


def test_the_mapper_is_bound_and_knows_nobody():
    bound, told = asked(bind(MAPPER), call(2, stub=bytes(72) + b"\xf4\1\0\0"))[1:]
    assert (bound.data[2], int.from_bytes(bound.data[8:10], "little")) == (12, len(bound.data))
    assert bound.data[24:30] == b"\4\x00135\0"
    assert results(bound) == [(0, 0)]
    assert told.data[24:] == bytes(24) + b"\xf4\1\0\0" + bytes(8) + (0x16C9A0D6).to_bytes(4, "little")
    assert asked(bind(MAPPER), call(4))[-1].data[24:] == bytes(24)


@pytest.mark.parametrize(
    ("request_", "told"),
    [
        (bind(SERVICES), [(2, 1)]),
        (bind(MAPPER, SERVICES), [(0, 0), (2, 1)]),
        (bind(MAPPER, syntax=SERVICES), [(2, 2)]),
        (bind(MAPPER, syntax=FEATURES), [(3, 0)]),
    ],
)
def test_what_else_is_asked_for_is_refused(request_, told):
    assert results(asked(request_)[-1]) == told


@pytest.mark.parametrize(("context", "procedure", "status"), [(0, 9, 0x1C010002), (1, 2, 0x1C010003)])
def test_other_calls_fail(context, procedure, status):
    fault = asked(bind(MAPPER), call(procedure, context))[-1].data
    assert (fault[2], int.from_bytes(fault[24:28], "little")) == (3, status)


def test_a_log_in_is_noted_and_refused():
    replies = asked(
        bind(SERVICES, token=ntlm.negotiate()), packet(16, bytes(4), ntlm.authenticate("bob")), call(15), port=49152
    )
    challenge = ntlm.nonce(replies[1].data)
    (offered,) = credentials(replies)
    assert (offered.user, offered.secret) == (b"CORP\\bob", ntlm.material(challenge))
    assert int.from_bytes(replies[1].data[10:12], "little") == len(replies[1].data) - replies[1].data.index(b"NTLM")
    assert (replies[2].data, replies[3].data[2], replies[3].data[24:28]) == (b"", 3, b"\5\0\0\0")


@pytest.mark.parametrize(
    "probe", [b"GET / HTTP/1.0\r\n\r\n" + bytes(20), b"\0" * 16, packet(77, b"x" * 20), packet(11, b"")]
)
def test_what_is_no_call_ends_it(probe):
    assert asked(probe)[-1].then is Then.CLOSE


def test_whatever_bytes_come():
    words = (bind(MAPPER), bind(MAPPER, token=ntlm.negotiate()), call(2, stub=bytes(76)), call(9))
    never_raises(living("msrpc"), *words, packet(16, bytes(4), ntlm.authenticate("b")), packet(0, b""), examples=25)
