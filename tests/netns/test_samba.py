"""A real Samba and ours are asked the same; what they say is compared field by field.

What may differ is what a server draws or is called by: challenges, session numbers, salts, moments, names in DNS.
"""

import re
import struct
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import pytest

from rawspoof.core.conversation.base import Then
from rawspoof.edges.lab.namespaces import Lab
from tests.conversation import ntlm_client as ntlm
from tests.conversation.smb import client
from tests.conversation.talks import NOON, living, talk
from tests.netns.sensors import open_folder
from tests.netns.servers import Chunk, Where, dial, listening, made, take
from tests.netns.taps import TARGET

pytestmark = pytest.mark.netns

OLD_PORT: Final = 1445
CLOSED: Final = "closed"
CONFIG: Final = """\
[global]
 workgroup = WORKGROUP
 netbios name = {name}
 interfaces = {to}
 bind interfaces only = yes
 smb ports = {port}
 server min protocol = {least}
 restrict anonymous = 2
 load printers = no
 disable spoolss = yes
 log file = {folder}/log
"""
FOLDERS: Final = ("private dir", "lock directory", "state directory", "cache directory", "pid directory", "ncalrpc dir")

GREET = client.one(0x72, b"", client.NT1, 0x4001)
GREET_EXTENDED = client.one(0x72, b"", client.NT1)
PLAIN: Final = 0xC003
"""Flags of a client that has not asked for log-ins in steps."""
ANSWER: Final = ntlm.authenticate("bob", nt=bytes(24))
"""In the old form: of the new one Samba wants its own names back before it looks at the proof."""
BEGIN = (client.negotiate(), client.setup(ntlm.first(ntlm.negotiate())))
REFUSED = (*BEGIN, lambda last: client.setup(ntlm.later(ANSWER), client.session(last), 2))


def bare(command: int, body: bytes = b"\4\0\0\0", session: int = 0) -> bytes:
    return client.packet(client.two(command, body, 1, session))


def after(command: int, body: bytes = b"\4\0\0\0") -> Callable[[bytes], bytes]:
    """A request in the session of the last answer."""
    return lambda last: client.packet(client.two(command, body, 3, client.session(last)))


def user(said: bytes) -> int:
    return int.from_bytes(said[32:34], "little")


Packets = tuple[Chunk, ...]
NEW: Final[dict[str, Packets]] = {
    **{f"dialect-{d:04x}": (client.negotiate((d,)),) for d in (*client.ALL, 0x0999)},
    "dialects": (client.negotiate(),),
    "dialects-none-asked-for-more": (client.negotiate((0x0300,), 0),),
    "from-smb1": (client.one(0x72, b"", client.NT1 + b"\2SMB 2.002\0\2SMB 2.???\0"),),
    "from-smb1-2002": (client.one(0x72, b"", client.NT1 + b"\2SMB 2.002\0"),),
    "smb1-only": (GREET,),
    "challenge": BEGIN,
    "challenge-bare": (client.negotiate(), client.setup(ntlm.negotiate())),
    "refused": REFUSED,
    "refused-then-again": (*REFUSED, after(3)),
    "refused-then-echo": (*REFUSED, after(13)),
    "tree-without-session": (client.negotiate(), bare(3)),
    "logoff-without-session": (client.negotiate(), bare(2)),
    "echo": (client.negotiate(), bare(13)),
    "no-such-command": (client.negotiate(), bare(0x55)),
    "setup-of-nothing": (client.negotiate(), client.setup(b"")),
    "setup-of-garbage": (client.negotiate(), client.setup(b"garbage")),
    "setup-too-short": (client.negotiate(), bare(1, b"\x19\0")),
    "setup-first": (client.setup(ntlm.first(ntlm.negotiate())),),
    "negotiate-twice": (client.negotiate(), client.negotiate()),
    "encrypted": (client.packet(b"\xfdSMB" + bytes(60)),),
    "garbage": (client.packet(b"GET / HTTP/1.0\r\n\r\n"),),
    "smb1-after": (client.negotiate(), client.one(0x2B, b"\1\0", b"x")),
}
OLD: Final[dict[str, Packets]] = {
    "greet": (GREET,),
    "greet-extended": (GREET_EXTENDED,),
    "greet-many": (client.one(0x72, b"", client.NMAP_OFFER, 0x4001),),
    "greet-none": (client.one(0x72, b"", b"\2X\0", 0x4001),),
    "greet-twice": (GREET, GREET),
    "password": (GREET, client.plain(b"bob")),
    "nobody": (GREET, client.plain(b"", b"", b"")),
    "tree-of-nobody": (GREET, client.plain(b"", b"", b""), lambda last: client.tree(user(last))),
    "tree": (GREET, client.tree(7)),
    "challenge": (GREET_EXTENDED, client.extended(ntlm.first(ntlm.negotiate()))),
    "refused": (
        GREET_EXTENDED,
        client.extended(ntlm.first(ntlm.negotiate())),
        lambda last: client.extended(ntlm.later(ANSWER), user(last)),
    ),
    "echo": (GREET, client.one(0x2B, b"\1\0", b"hello", PLAIN)),
    "no-such-command": (GREET, client.one(0xD8, flags=PLAIN)),
    "transaction": (
        GREET,
        client.plain(b"", b"", b""),
        lambda last: client.one(0xA0, bytes(38), flags=PLAIN, user=user(last)),
    ),
    "tree-disconnect": (GREET, client.one(0x71, flags=PLAIN)),
    "setup-first": (client.plain(b"bob"),),
    "short": (client.packet(b"\xffSMB" + bytes(4)),),
    "smb2-after": (GREET_EXTENDED, client.negotiate((0x0210,))),
}


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """Two Sambas: one that speaks SMB 1 too."""
    with ExitStack() as stack:
        both = stack.enter_context(Lab())
        for port, least in ((445, "SMB2_02"), (OLD_PORT, "NT1")):
            both.run("sensor", ["smbd", "-F", "-s", _config(stack.enter_context(open_folder()), port, least)])
        for port in (445, OLD_PORT):
            listening(both, Where(port))
        yield both


def _config(folder: Path, port: int, least: str) -> Path:
    name = living("samba").facts["host"].decode().upper()
    text = CONFIG.format(name=name, to=TARGET, port=port, least=least, folder=folder)
    for key in FOLDERS:
        place = folder / key.replace(" ", "-")
        place.mkdir(mode=0o755)
        text += f" {key} = {place}\n"
    path = folder / "smb.conf"
    path.write_text(text)
    return path


def real(lab: Lab, port: int, packets: Packets) -> bytes | str:
    """The last answer of the real server."""
    with dial(lab, Where(port)) as sock:
        last = b""
        for packet in packets:
            sock.sendall(made(packet, last))
            last = take(sock, lambda head: int.from_bytes(head[1:]))
        return last or CLOSED


def ours(service: str, port: int, packets: Packets) -> bytes | str:
    """Ours, from a conversation without a wire."""
    spoken = talk(living(service, port))
    at = NOON
    reply = spoken.opened(at)
    for packet in packets:
        reply = spoken.heard(made(packet, reply.data), at)
    assert reply.data or reply.then is Then.CLOSE
    return reply.data or CLOSED


def told(said: bytes | str) -> Any:
    """What is to be the same."""
    if isinstance(said, str):
        return said
    return _two(said[4:]) if said[4] == 0xFE else _one(said[4:])


def _two(said: bytes) -> tuple[object, ...]:
    head, body = said[:40] + said[48:64], said[64:]
    if said[12:14] == b"\0\0" and len(body) > 64:
        at = int.from_bytes(body[60:64], "little")
        contexts = (
            re.sub(rb"(?s)(\x01\x00\x20\x00\x01\x00).{32}", rb"\g<1>", said[at:])
            if at and body[4:6] == b"\x11\3"
            else b""
        )
        return head, body[:40], body[48:64], said[128 : at if contexts else None], contexts
    return head, body[:4], _ntlm(body)


def _one(said: bytes) -> tuple[object, ...]:
    """The user's number is drawn, and in the first answer moment, session key and challenge."""
    head = said[:28] + said[30:32]
    if said[4] != 0x72 or said[32] != 17:
        words, texts = said[32 : 33 + 2 * said[32]], said[35 + 2 * said[32] :]
        asked = _ntlm(said)
        return head, words[:7], asked or texts.replace(b"\0", b"").partition(b"Samba")[0]
    key = said[66]
    return head, said[33:48], said[52:56], said[64:67], said[69 + key :]


def _ntlm(said: bytes) -> object:
    """Of a challenge all but its eight bytes, moment and DNS names."""
    at = said.find(b"NTLMSSP\0\2")
    if at < 0:
        return None
    message = said[at:]
    size, _, start = struct.unpack_from("<HHI", message, 40)
    info, pairs = message[start : start + size], []
    while info:
        number, length = struct.unpack_from("<HH", info)
        pairs.append((number, b"" if number in (3, 4, 7) else info[4 : 4 + length]))
        info = info[4 + length :]
    return message[:24], message[48:start], pairs


@pytest.mark.parametrize("name", NEW)
def test_smb2_is_sambas(lab, name):
    assert told(ours("samba-without-smb1", 445, NEW[name])) == told(real(lab, 445, NEW[name]))


@pytest.mark.parametrize("name", OLD)
def test_smb1_is_sambas(lab, name):
    assert told(ours("samba", OLD_PORT, OLD[name])) == told(real(lab, OLD_PORT, OLD[name]))
