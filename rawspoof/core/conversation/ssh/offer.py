"""What a server offers to agree on, and what comes of a client's offer. RFC 4253 §7.1."""

from collections.abc import Iterable
from typing import NamedTuple

from rawspoof.core.conversation.ssh.wire import Fields, names

KEXINIT = 20
MARKS = ("ext-info-", "kex-strict-", "kexguess2@")
"""Beginnings of names that are no methods: what a side understands is told in the list of methods."""

_AEAD = ("chacha20-poly1305@openssh.com", "aes128-gcm@openssh.com", "aes256-gcm@openssh.com")


class Offer(NamedTuple):
    """A side's lists, best first; each direction has the same."""

    kex: tuple[str, ...]
    keys: tuple[str, ...]
    ciphers: tuple[str, ...]
    macs: tuple[str, ...]
    compression: tuple[str, ...] = ("none", "zlib@openssh.com")


class Direction(NamedTuple):
    """How packets of one direction are kept."""

    cipher: str
    mac: str


class Choice(NamedTuple):
    """What both sides can."""

    kex: str
    key: str
    heard: Direction
    said: Direction
    guessed_wrong: bool
    """The client sends a packet for another method first, which does not count."""
    marks: frozenset[str]
    """What else the client understands."""


def build(offer: Offer, cookie: bytes) -> bytes:
    """Our KEXINIT; the cookie is 16 bytes by chance."""
    twice = [listed for pair in offer[2:] for listed in (pair, pair)]
    lists = [names(listed) for listed in (offer.kex, offer.keys, *twice, (), ())]
    return b"".join([bytes([KEXINIT]), cookie, *lists, bytes(5)])


def choose(offer: Offer, kexinit: bytes) -> Choice | None:
    """What comes of a client's KEXINIT, None where there is nothing in common. Raises Short."""
    fields = Fields(kexinit)
    fields.take(17)
    kex, keys, heard, said, macs_heard, macs_said, pressed_heard, pressed_said, _, _ = [
        fields.names() for _ in range(10)
    ]
    follows = fields.boolean()
    method, key = _first(kex, [name for name in offer.kex if not name.startswith(MARKS)]), _first(keys, offer.keys)
    both = [
        _direction(offer, *lists) for lists in ((heard, macs_heard, pressed_heard), (said, macs_said, pressed_said))
    ]
    if method is None or key is None or both[0] is None or both[1] is None:
        return None
    guessed = kex[0] == offer.kex[0] and keys[0] == offer.keys[0]
    marks = frozenset(name for name in kex if name.startswith(MARKS))
    return Choice(method, key, both[0], both[1], follows and not guessed, marks)


def _direction(offer: Offer, ciphers: list[str], macs: list[str], pressed: list[str]) -> Direction | None:
    cipher = _first(ciphers, offer.ciphers)
    # A cipher that vouches for its packets itself wants no code beside.
    mac = "" if cipher in _AEAD else _first(macs, offer.macs)
    # OpenSSH's compression begins after the login, which nobody lives to see.
    if cipher is None or mac is None or _first(pressed, offer.compression) is None:
        return None
    return Direction(cipher, mac)


def _first(theirs: Iterable[str], ours: Iterable[str]) -> str | None:
    """The client's first that is ours too."""
    known = set(ours)
    return next((name for name in theirs if name in known), None)
