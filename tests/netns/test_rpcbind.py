"""A real rpcbind and ours are asked the same, and say the same but for their address and the time.

What rpcbind alone does is not here: it registers for callers from the host itself, translates addresses and counts.
"""

import struct
from collections.abc import Iterator
from typing import Final

import pytest

from rawspoof.core.conversation.base import Then
from rawspoof.edges.lab.namespaces import Lab
from tests.conversation.talks import NOON, living, talk
from tests.conversation.test_rpcbind import MAPPER, call, text
from tests.netns.servers import Where, dial, listening, take
from tests.netns.taps import TARGET

pytestmark = pytest.mark.netns

PORT: Final = 111
ITSELF: Final = struct.pack(">II", MAPPER, 4) + text(b"tcp") + text(b"") + text(b"")
NFS: Final = struct.pack(">II", 100003, 3) + text(b"tcp") + text(b"") + text(b"")
ALIKE: Final = {
    **{f"null-{v}": call(version=v) for v in (2, 3, 4)},
    **{f"dump-{v}": call(version=v, procedure=4) for v in (2, 3, 4)},
    "port": call(procedure=3, arguments=struct.pack(">IIII", MAPPER, 2, 6, 0)),
    "port-of-any-version": call(procedure=3, arguments=struct.pack(">IIII", MAPPER, 9, 17, 0)),
    "port-of-nfs": call(procedure=3, arguments=struct.pack(">IIII", 100003, 3, 6, 0)),
    "port-of-garbage": call(procedure=3, arguments=bytes(4)),
    "register": call(procedure=1, arguments=struct.pack(">IIII", 100003, 3, 6, 2049)),
    "unregister": call(procedure=2, arguments=struct.pack(">IIII", 100003, 3, 6, 0)),
    **{f"register-{v}": call(version=v, procedure=1, arguments=NFS) for v in (3, 4)},
    **{f"register-garbage-{v}": call(version=v, procedure=1, arguments=b"abcd") for v in (2, 4)},
    "no-procedure": call(procedure=6),
    "no-procedure-4": call(version=4, procedure=13),
    "no-version": call(version=104316),
    "no-program": call(program=100003, version=3),
    "address": call(version=4, procedure=3, arguments=ITSELF),
    "address-list": call(version=4, procedure=11, arguments=ITSELF),
    "address-of-nfs": call(version=3, procedure=3, arguments=NFS),
    "rpc-3": call(rpc=3),
    "reply": call(kind=1),
    "unix": call(auth=(1, struct.pack(">I", 1) + text(b"h") + bytes(12))),
    "unix-garbage": call(auth=(1, b"abcd")),
    "gss": call(auth=(6, b"abcd")),
    "des": call(auth=(3, b"")),
    "unknown-auth": call(auth=(99, b"")),
    "short": b"\x80\0\0\4abcd",
    "empty": b"\x80\0\0\0",
    "huge": b"\xff\xff\xff\xffabcd",
    "two-fragments": b"\0\0\0\x04abcd" + call(),
    "http": b"GET / HTTP/1.0\r\n\r\n",
}


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab() as both:
        # Its socket and lock are in /run: it gets one of its own.
        both.run("sensor", ["unshare", "-m", "sh", "-c", "mount -t tmpfs none /run && exec rpcbind -f -w"])
        listening(both, Where(PORT))
        yield both


def real(lab: Lab, request: bytes) -> bytes:
    """The whole answer, b"" where the connection ends instead, with FIN or RST."""
    with dial(lab, Where(PORT)) as sock:
        sock.sendall(request)
        return take(sock, lambda head: int.from_bytes(head) & 0x7FFFFFFF)


@pytest.mark.parametrize("name", ALIKE)
def test_ours_says_what_rpcbind_says(lab, name):
    who = living("rpcbind", versions="2-4")
    reply = talk(who).heard(ALIKE[name], NOON)
    assert reply.data or reply.then is Then.CLOSE
    # The record's mark counts the address.
    ours, theirs = reply.data[4:], real(lab, ALIKE[name])[4:]
    own, other = text(who.facts["addr"] + b".0.111"), text(TARGET.encode() + b".0.111")
    assert ours.replace(own, b"address") == theirs.replace(other, b"address")
