"""MQTT 3.1, 3.1.1 and 5 up to the CONNACK that refuses: nobody gets in without a password, and with none.

OASIS mqtt-v3.1.1 §2 (fixed header), §3.1 and §3.2 (CONNECT, CONNACK); mqtt-v5.0 §2.2.2 (properties), §3.1.
What mosquitto 2.0 makes of what is wrong: it leaves without a word; see tests/netns/test_clients_misc.py. Of `words`,
`refused` and `stranger` are what a password and its absence are told: a byte for 3.x, one for 5.
"""

from typing import Final, NamedTuple

from rawspoof.core.conversation.base import Credential, Reply, Then
from rawspoof.core.conversation.cursor import Cursor
from rawspoof.core.conversation.framing import REQUEST_MAX, Frame
from rawspoof.core.conversation.speaker import Speaker

CONNECT: Final = 0x10
HEAD_MAX: Final = 5
"""Bytes of a fixed header: the kind, and a length of at most four."""

_NAMES: Final = {b"MQIsdp": (3,), b"MQTT": (4, 5)}
_BRIDGE: Final = 0x80
_WILL, _WILL_RETAIN, _WILL_QOS, _PASSWORD, _USER = 0x04, 0x20, 0x18, 0x40, 0x80

# Bytes of each property that CONNECT and its will may have; 0 for a text, -1 for two.
_PROPERTIES: Final = {
    0x11: 4, 0x15: 0, 0x16: 0, 0x17: 1, 0x19: 1, 0x21: 2, 0x22: 2, 0x26: -1, 0x27: 4,
    0x01: 1, 0x02: 4, 0x03: 0, 0x08: 0, 0x09: 0, 0x18: 4,
}  # fmt: skip
_PAIR: Final = 0x26
_METHOD: Final = 0x15


class Connect(NamedTuple):
    """What a client says of itself."""

    level: int
    name: bytes
    """Its own; b"" for one that wants to be given one."""
    clean: bool
    method: bytes
    """Of enhanced authentication, MQTT 5 only."""
    user: bytes | None
    password: bytes | None


class Mqtt(Speaker):
    """One connection to a broker."""

    patience_s = 90.0

    def frame(self, heard: bytearray) -> Frame | None:
        """One packet; one that is no CONNECT, or too long for us, is its head alone, and the last."""
        if heard and heard[0] & 0xF0 != CONNECT:
            return Frame(bytes(heard[:1]), 1, last=True)
        read = Cursor(bytes(heard[1:HEAD_MAX]))
        length = read.varint()
        if read.bad:
            return Frame(bytes(heard[:HEAD_MAX]), HEAD_MAX, last=True) if len(heard) >= HEAD_MAX else None
        head = min(len(heard), HEAD_MAX) - read.left
        if head + length > REQUEST_MAX:
            return Frame(bytes(heard[:head]), head, last=True)
        return Frame(bytes(heard[: head + length]), head + length) if len(heard) >= head + length else None

    def answer(self, request: bytes, at: float) -> Reply | None:
        """The refusal of a CONNECT; to all else the end."""
        read = Cursor(request[1:])
        read.varint()
        name = read.text(2)
        level = read.number(1) & ~_BRIDGE
        if request[:1] != b"\x10" or name not in _NAMES or read.bad:
            return Reply(b"", Then.CLOSE)
        if level not in _NAMES[name]:
            return _refusal(3, 1)
        said = _connect(read, level)
        return Reply(b"", Then.CLOSE) if said is None else self._refuse(said, at)

    def _refuse(self, said: Connect, at: float) -> Reply:
        new = said.level == 5
        if not said.name and (said.level == 3 or (said.level == 4 and not said.clean)):
            return _refusal(said.level, 2)
        if said.method:
            return _refusal(5, 0x8C)
        if said.user is None and said.password is None:
            return _refusal(said.level, self.visit.word("stranger", at, b"\x05\x87")[new])
        offered = Credential("password", said.user or b"", said.password or b"")
        return _refusal(said.level, self.visit.word("refused", at, b"\x05\x87")[new], offered)


def _refusal(level: int, code: int, *notes: Credential) -> Reply:
    """CONNACK: no session, the reason, and in MQTT 5 no properties."""
    body = bytes((0, code)) + bytes(level == 5)
    return Reply(bytes((0x20, len(body))) + body, Then.CLOSE, notes=notes)


def _connect(read: Cursor, level: int) -> Connect | None:
    """The CONNECT behind name and level, None if it is malformed."""
    flags = read.number(1)
    read.take(2)
    method = _method(read) if level == 5 else b""
    if method is None or not _sound(flags, level):
        return None
    texts = [read.text(2)]
    if flags & _WILL:
        if level == 5 and _method(read) is None:
            return None
        topic, _ = read.text(2), read.text(2)
        # A topic to publish to has no wildcards (§4.7.1).
        read.bad |= not topic or b"#" in topic or b"+" in topic
        texts.append(topic)
    user = read.text(2) if flags & _USER else None
    password = read.text(2) if flags & _PASSWORD else None
    if read.bad or read.left or not all(_is_text(t) for t in [*texts, user or b""]):
        return None
    return Connect(level, texts[0], bool(flags & 2), method, user, password)


def _sound(flags: int, level: int) -> bool:
    """Whether these flags can stand together (§3.1.2.3 to §3.1.2.9)."""
    will = flags & _WILL and flags & _WILL_QOS != _WILL_QOS
    willing = will or not flags & (_WILL | _WILL_QOS | _WILL_RETAIN)
    named = level == 5 or flags & _USER or not flags & _PASSWORD
    return bool(willing and named and not flags & 1)


def _method(read: Cursor) -> bytes | None:
    """The authentication method among properties, b"" for none; None where they are malformed."""
    inner = Cursor(read.take(read.varint()))
    seen: dict[int, bytes] = {}
    while inner.left and not inner.bad and not read.bad:
        kind = inner.number(1)
        size = _PROPERTIES.get(kind)
        if size is None or (kind in seen and kind != _PAIR):
            return None
        seen[kind] = inner.take(size) if size > 0 else inner.text(2)
        if size < 0:
            inner.text(2)
    return None if inner.bad or read.bad else seen.get(_METHOD, b"")


def _is_text(data: bytes) -> bool:
    """Whether these bytes may stand as a text: UTF-8 without the zero character (§1.5.3)."""
    try:
        return "\0" not in data.decode()
    except UnicodeDecodeError:
        return False
