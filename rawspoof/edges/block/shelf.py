"""The list of blocks on disk: a folder that is root's, with the list in it, held by one process at a time.

Knows files and their form. A list that cannot be read is set aside: whoever was on it may come back.
"""

import fcntl
import logging
import os
from pathlib import Path
from socket import AF_INET, AF_INET6, inet_ntop, inet_pton
from typing import Final, Self

import msgspec

from rawspoof.core.event import BLOCK_KINDS, BLOCK_REASONS
from rawspoof.core.watch.blocklist import Blocked, Blocklist, Past
from rawspoof.core.watch.policy import Deed
from rawspoof.edges.system import atomic

LIST: Final = "list.json"
FORMAT: Final = 1
"""Of the list; a higher one for another."""

log = logging.getLogger(__name__)


class Taken(OSError):
    """Another process holds the folder."""


class _Block(msgspec.Struct):
    address: str
    how: str
    since: float
    until: float
    times: int
    reason: str
    at: float
    sport: int
    dst: str
    dport: int
    by: str = ""


class _Past(msgspec.Struct):
    address: str
    until: float
    times: int


class _List(msgspec.Struct):
    format: int
    blocks: list[_Block]
    past: list[_Past]


class Shelf:
    """The folder, held."""

    def __init__(self, folder: Path) -> None:
        """Raises Taken where another process holds it, OSError where it cannot be made."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.folder = folder
        self._fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.close()
            raise Taken(f"{folder}: held by another rawspoof: name another folder in sensor.state_dir") from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of it. A forked child must, for the folder is held as long as any copy of it is."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def load(self, into: Blocklist) -> None:
        """Put what is on disk on the list."""
        try:
            blocks, past = read(self.folder)
        except OSError as error:
            log.warning("%s: %s: nobody is blocked", self.folder / LIST, error.strerror)
            return
        into.recall(past)
        for block in blocks:
            if not into.full:
                into.add(block)

    def save(self, blocks: Blocklist) -> None:
        """Put the list on disk. Raises OSError."""
        told = [_told(block) for block in blocks]
        past = [_Past(text(one.address), one.until, one.times) for one in blocks.past]
        data = msgspec.json.format(msgspec.json.encode(_List(FORMAT, told, past)), indent=1)
        atomic.write(self.folder / LIST, data + b"\n", mode=0o600, lasting=True)


def read(folder: Path) -> tuple[list[Blocked], list[Past]]:
    """Who is and who was blocked, as it is on disk; nobody where there is none. Raises OSError.

    What is no list is set aside, and nobody is on it.
    """
    path = folder / LIST
    try:
        found = msgspec.json.decode(path.read_bytes(), type=_List)
        if found.format != FORMAT:
            raise ValueError(f"format {found.format}")
        blocks = [_blocked(told) for told in found.blocks]
        return blocks, [Past(packed(one.address), one.until, one.times) for one in found.past]
    except FileNotFoundError:
        return [], []
    except ValueError as error:
        aside = path.with_suffix(".bad")
        log.warning("%s: not a list of blocks (%s); it is kept as %s, and nobody is blocked", path, error, aside.name)
        os.replace(path, aside)
        return [], []


def _told(block: Blocked) -> _Block:
    deed = block.deed
    who, what = (text(block.address), block.how, block.since, block.until, block.times), (deed.reason, deed.at)
    return _Block(*who, *what, deed.sport, text(deed.dst), deed.dport, block.by)


def _blocked(told: _Block) -> Blocked:
    """Raises ValueError."""
    if told.how not in BLOCK_KINDS or told.reason not in BLOCK_REASONS:
        raise ValueError(f"{told.how} for {told.reason}")
    address = packed(told.address)
    deed = Deed(told.at, address, told.sport, packed(told.dst), told.dport, told.reason)
    return Blocked(
        address=address, how=told.how, since=told.since, until=told.until, times=told.times, deed=deed, by=told.by
    )  # fmt: skip


def text(address: bytes) -> str:
    """An address in the form people write."""
    return inet_ntop(AF_INET if len(address) == 4 else AF_INET6, address)


def packed(address: str) -> bytes:
    """The way back. Raises ValueError."""
    try:
        return inet_pton(AF_INET6 if ":" in address else AF_INET, address)
    except OSError:
        raise ValueError(f"{address!r} is no address") from None
