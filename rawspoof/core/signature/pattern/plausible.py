"""Texts that servers really write where a pattern leaves room: versions, host names, dates, words.

Knows what they look like, from what stands before them too, not whether a pattern accepts them.
"""

import re
from collections.abc import Callable, Iterator
from enum import Enum
from typing import Final

from rawspoof.core.signature.pattern.chance import Chance

HOST: Final = b"web01.northgate.lan"
"""Stands for the name of the host that will say the text; see `made.Made.hosts`."""


class Kind(Enum):
    """What a capture group or a run of characters is likely to hold."""

    VERSION = "version"
    HOST = "host"
    NAME = "name"
    MODEL = "model"
    NUMBER = "number"
    SYSTEM = "system"
    DATE = "date"
    STATUS = "status"
    REASON = "reason"
    SSH = "ssh protocol version"
    ANY = "any"


_CLUES: Final = (
    (re.compile(rb"\ASSH-\Z"), Kind.SSH),
    (re.compile(rb"\AHTTP/1\.[01] \Z"), Kind.STATUS),
    (re.compile(rb"\AHTTP/1\.[01] \d{3} \Z"), Kind.REASON),
    (re.compile(rb"(?i)(?:date|modified|expires): \Z"), Kind.DATE),
    (re.compile(rb"(?i)(?:length|size|pid|port|uptime|id|count)[:=]? ?\"?\Z"), Kind.NUMBER),
    (re.compile(rb"(?i)(?:\A220[ -]|\A\+OK |\A\* OK |@|\bhost(?:name)?[:=]? ?|://|\bon )\Z"), Kind.HOST),
    (re.compile(rb"(?i)(?:ver(?:sion)?|rel(?:ease)?|build|firmware|v)[:=. ]*\(?\Z|\w[/_-]\Z|\b[vr]\Z"), Kind.VERSION),
    (re.compile(rb"(?i)(?:realm=\"|<title>)\Z"), Kind.NAME),
    (re.compile(rb"\A(?:[45]\d\d|-ERR) \Z"), Kind.NAME),
)
_LOOK_BACK: Final = 40
"""Bytes before a place that may tell what belongs there."""

_WORDS: Final = b"main data core node store office public system backup server admin media edge file test".split()
_NAMES: Final = b"Main Office|Storage|Gateway|Admin|Welcome|Server|Home|default|WORKGROUP|Login".split(b"|")
_SYSTEMS: Final = b"Linux|Windows|FreeBSD|SunOS|Unix|Linux-x86_64|Windows NT|AIX".split(b"|")
_STATUS: Final = (b"200", b"200", b"200", b"401", b"403", b"404")
_REASON: Final = {b"200": b"OK", b"401": b"Unauthorized", b"403": b"Forbidden", b"404": b"Not Found"}
_DATES: Final = (
    b"Wed, 12 Mar 2025 08:14:53 GMT",
    b"2025-03-12",
    b"Mar 12 2025",
    b"12/03/2025",
    b"08:14:53",
    b"20250312",
)


def kind_at(said: bytes | bytearray) -> Kind:
    """What is likely to follow what was said so far."""
    tail = bytes(said[-_LOOK_BACK:])
    return next((kind for clue, kind in _CLUES if clue.search(tail)), Kind.ANY)


def proposals(kind: Kind, chance: Chance, said: bytes = b"") -> Iterator[bytes]:
    """Texts of this kind, the likeliest first; `said` is what stands before them."""
    yield from _PROPOSERS[kind](chance, said)


def _version(chance: Chance, said: bytes) -> Iterator[bytes]:
    major, minor, patch = 1 + chance.below(9), chance.below(12), chance.below(30)
    if chance.below(2):
        yield b"%d.%d.%d" % (major, minor, patch)
    yield b"%d.%d" % (major, minor)
    yield b"%d.%d.%d" % (major, minor, patch)
    yield b"%d.%d.%d.%d" % (major, minor, patch, chance.below(100))
    yield b"%d" % major
    yield b"%d%d" % (major, minor)
    yield b"%d.%db%d" % (major, minor, 1 + chance.below(4))
    yield b"%d.%d-%d" % (major, minor, patch)
    yield b"%d_%d" % (major, minor)
    yield b"%d.%d.%d-%d" % (major, minor, patch, chance.below(10))
    yield b"12.%d(%d)T%d" % (minor, patch, 1 + chance.below(9))
    yield b"%d.%02d.%02d" % (major, minor, patch)
    yield b"20%02d%02d%02d" % (10 + chance.below(15), 1 + chance.below(12), 1 + chance.below(28))
    yield b"V%d.%d" % (major, minor)
    yield b"%d, %d, %d, %d" % (major, minor, 0, patch)


def _host(chance: Chance, said: bytes) -> Iterator[bytes]:
    yield HOST
    yield HOST.partition(b".")[0]
    yield b"192.168.%d.%d" % (chance.below(10), 1 + chance.below(250))
    yield b"web"
    yield HOST.partition(b".")[0].upper()


def _name(chance: Chance, said: bytes) -> Iterator[bytes]:
    for _ in range(3):
        yield chance.among(_NAMES)
    yield chance.among(_WORDS)
    yield chance.among(_WORDS).upper()


def _model(chance: Chance, said: bytes) -> Iterator[bytes]:
    yield b"%d" % ((1 + chance.below(9)) * chance.among((10, 50, 100, 250, 500)))
    yield b"%c%d" % (65 + chance.below(26), 10 * (10 + chance.below(80)))
    yield b"%c%c-%d" % (65 + chance.below(26), 65 + chance.below(26), 10 * (10 + chance.below(80)))
    yield b"%d" % (1 + chance.below(9))
    yield from _name(chance, said)


def _number(chance: Chance, said: bytes) -> Iterator[bytes]:
    yield b"%d" % (100 + chance.below(9000))
    yield b"%d" % chance.below(100)
    yield b"%d" % chance.below(10)
    yield b"%d" % (10**9 + chance.below(10**9))


def _system(chance: Chance, said: bytes) -> Iterator[bytes]:
    for _ in range(3):
        yield chance.among(_SYSTEMS)


def _date(chance: Chance, said: bytes) -> Iterator[bytes]:
    yield from _DATES


def _status(chance: Chance, said: bytes) -> Iterator[bytes]:
    yield chance.among(_STATUS)
    yield from _STATUS[2:]


def _reason(chance: Chance, said: bytes) -> Iterator[bytes]:
    yield _REASON.get(bytes(said[-4:-1]), b"OK")
    yield b"OK"


def _any(chance: Chance, said: bytes) -> Iterator[bytes]:
    yield chance.among(_WORDS)
    yield from _version(chance, said)
    yield chance.among(_WORDS).upper()
    yield chance.among(_WORDS).capitalize()
    yield b"20%02d" % (8 + chance.below(17))
    yield from _number(chance, said)
    yield from _host(chance, said)
    yield b"%08x" % chance.below(2**31)
    yield b"%08X" % chance.below(2**31)


_PROPOSERS: Final[dict[Kind, Callable[[Chance, bytes], Iterator[bytes]]]] = {
    Kind.VERSION: _version,
    Kind.HOST: _host,
    Kind.NAME: _name,
    Kind.MODEL: _model,
    Kind.NUMBER: _number,
    Kind.SYSTEM: _system,
    Kind.DATE: _date,
    Kind.STATUS: _status,
    Kind.REASON: _reason,
    Kind.SSH: lambda chance, said: iter((b"2.0", b"1.99")),
    Kind.ANY: _any,
}
