"""Who is blocked, until when, and for which time: the time doubles with each, and so does what is forgotten late.

Pure book-keeping: times are arguments, the firewall is somebody else's. Knows not why anybody is condemned.
"""

import heapq
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

import msgspec

from rawspoof.core.watch.policy import Deed

OPERATOR: Final = "operator"
"""Reason of a block that a person ordered."""


class Blocked(msgspec.Struct, frozen=True, kw_only=True):
    """One source that is blocked."""

    address: bytes
    how: str
    """One of BLOCK_KINDS."""
    since: float
    until: float
    """Seconds since the epoch."""
    times: int
    """How many times it was blocked, this one included."""
    deed: Deed
    """What for."""
    by: str = ""
    """The sensor of the fleet whose block this is, "" for one of our own."""


class Past(msgspec.Struct, frozen=True):
    """One source that was."""

    address: bytes
    until: float
    times: int


class Settings(NamedTuple):
    """The list's part of the configuration."""

    seconds: float = 600.0
    """How long the first time lasts."""
    seconds_max: float = 604800.0
    """How long any time lasts at most, and how long after its last one a source counts as new again."""
    blocks_max: int = 65536
    """Sources blocked at a time; of those that were, as many are remembered, the latest."""


class Blocklist:
    """The list."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._blocked: dict[bytes, Blocked] = {}
        self.others = 0
        """Of the blocks, how many are other sensors'."""
        self._past: dict[bytes, Past] = {}
        self._ends: list[tuple[float, bytes]] = []

    def __len__(self) -> int:
        return len(self._blocked)

    def __iter__(self) -> Iterator[Blocked]:
        return iter(self._blocked.values())

    def limit(self, settings: Settings) -> None:
        """Other settings from now on; who is on the list stays there for the time that was said."""
        self._settings = settings

    @property
    def past(self) -> Iterable[Past]:
        """Those who were blocked, oldest end first."""
        return self._past.values()

    @property
    def full(self) -> bool:
        """Whether nobody more can be blocked."""
        return len(self._blocked) >= self._settings.blocks_max

    def get(self, address: bytes) -> Blocked | None:
        """The block of this source."""
        return self._blocked.get(address)

    def is_news(self, deed: Deed) -> bool:
        """Whether a source is not blocked, and did this after its last block had ended."""
        past = self._past.get(deed.src)
        return deed.src not in self._blocked and (past is None or deed.at > past.until)

    def sentence(self, deed: Deed, how: str, at: float) -> Blocked:
        """The block that a deed is worth, not yet on the list."""
        past = self._past.get(deed.src)
        recent = past is not None and at - past.until <= self._settings.seconds_max
        times = past.times + 1 if past is not None and recent else 1
        # 2.0 ** 64 s is for ever; an int that grew on would become slow, and a float raise.
        seconds = min(self._settings.seconds * 2.0 ** min(times - 1, 64), self._settings.seconds_max)
        return Blocked(address=deed.src, how=how, since=at, until=at + seconds, times=times, deed=deed)

    def add(self, block: Blocked) -> None:
        """Put a block on the list, in the place of the source's earlier one. There must be room for a new one."""
        self._past.pop(block.address, None)
        self.forget(block.address)
        self._blocked[block.address] = block
        self.others += bool(block.by)
        heapq.heappush(self._ends, (block.until, block.address))

    def remove(self, address: bytes, at: float) -> Blocked | None:
        """Take a source off the list, and forget how often it was on it; what it did until now counts no more."""
        block = self.forget(address)
        if block is not None:
            self._remember(Past(address, at, 0))
        return block

    def forget(self, address: bytes) -> Blocked | None:
        """Take a source off the list as if it had never been on it."""
        block = self._blocked.pop(address, None)
        if block is not None:
            self.others -= bool(block.by)
        return block

    def is_pardoned(self, address: bytes, since: float) -> bool:
        """Whether a source was taken off the list by `remove`, and not before this moment."""
        past = self._past.get(address)
        return past is not None and not past.times and since <= past.until

    def expired(self, at: float) -> list[Blocked]:
        """Those whose time is over by now; they are off the list with this."""
        over = []
        while self._ends and self._ends[0][0] <= at:
            until, address = heapq.heappop(self._ends)
            block = self._blocked.get(address)
            if block is not None and block.until <= until:
                self.forget(address)
                self._remember(Past(address, block.until, block.times))
                over.append(block)
        return over

    def recall(self, past: Iterable[Past]) -> None:
        """Remember these, as they were told by `past`."""
        for one in past:
            self._remember(one)

    def _remember(self, past: Past) -> None:
        self._past[past.address] = past
        if len(self._past) > self._settings.blocks_max:
            del self._past[next(iter(self._past))]
