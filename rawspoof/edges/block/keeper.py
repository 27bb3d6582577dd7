"""Puts blocks into force and takes them out: the list, the firewall and the events about both, kept in step.

Trusts nobody who asks: whom never to block is looked up here, however sure the one who asks is. Knows no socket.
"""

import logging
from collections.abc import Callable
from typing import Final, Protocol

import msgspec

from rawspoof.config.model import Config
from rawspoof.core.event import BLOCK_REASONS, AnyEvent, BlockAdded, BlockRefused, BlockRemoved
from rawspoof.core.watch.blocklist import OPERATOR, Blocked, Blocklist, Settings
from rawspoof.core.watch.policy import Deed
from rawspoof.edges.block import shared
from rawspoof.edges.block.shared import Shared
from rawspoof.edges.block.shelf import Shelf
from rawspoof.edges.sinks.base import Tally

DEEDS_PER_S_MAX: Final = 100
"""Deeds looked at; each may cost the firewall a millisecond. What is beyond will be told again, if it goes on."""
SHARED_PER_S_MAX: Final = 100
"""Other sensors' blocks looked at; the collector tells no faster."""
REFUSALS_MAX: Final = 4096
"""Sources whose refusal is remembered, so as not to tell of it again and again; the oldest is forgotten first."""
SAVE_S: Final = 1.0
"""Shortest time between two writings of the list: a crash loses no more than the blocks of so long."""
NO_ROOM: Final = "beyond block.blocks_max"
DRY_RUN: Final = "dry run"

log = logging.getLogger(__name__)


class Wall(Protocol):
    """What a Guard is to us."""

    def block(self, address: bytes, seconds: float, how: str) -> bool: ...

    def unblock(self, address: bytes, how: str) -> None: ...

    def restore(self, blocks: list[tuple[bytes, float, str]]) -> list[bytes]: ...


Why = Callable[[bytes, float], str]
"""Why an address is not to be blocked, "" if it may be; `Never.why`."""


class Keeper:
    """All blocks. `events` has what there is to tell; whoever passes it on empties it."""

    def __init__(self, config: Config, shelf: Shelf | None, why: Why, now: Callable[[], float]) -> None:
        """`shelf` is where the list is kept, None for nowhere; `now` gives seconds since the epoch."""
        self._shelf, self._now = shelf, now
        self.blocks, self._would = Blocklist(Settings()), Blocklist(Settings())
        self.events: list[AnyEvent] = []
        self._follow(config, why)
        self._wall: Wall | None = None
        self._refused: dict[bytes, tuple[str, float]] = {}
        self._second, self._deeds, self._shared = 0, 0, 0
        self._decode = msgspec.msgpack.Decoder(Deed).decode
        self._changed, self._saved_at = False, float("-inf")
        self._beyond = Tally("blocks: deeds told faster than they can be looked at")
        self._beyond_shared = Tally("blocks: other sensors' told faster than they can be looked at")
        self._malformed = Tally("blocks: malformed messages of the collector")
        self._broken = Tally("blocks: the firewall refuses")
        if shelf is not None:
            shelf.load(self.blocks)
            self._expire()

    def settle(self, config: Config, why: Why) -> None:
        """Go on under another configuration; who may not be blocked under it is blocked no more."""
        self._follow(config, why)
        self._spare()

    def restore(self, wall: Wall | None) -> None:
        """Put those on the list into force, for the rest of their time, but for those that may not be blocked now."""
        self._wall, at = wall, self._now()
        self._spare()
        if wall is not None:
            held = [(b.address, b.until - at, b.how) for b in self.blocks if b.how != "none"]
            for address in wall.restore(held):
                self._end(self.blocks.get(address), "spared")

    def hear(self, message: bytes) -> None:
        """Look at one message of the collector: a deed, or another sensor's block."""
        second = int(self._now())
        if second != self._second:
            self._second, self._deeds, self._shared = second, 0, 0
        try:
            if message.startswith(shared.MARK):
                self._hear_shared(message)
            else:
                self._hear_deed(message)
        except (ValueError, RecursionError) as error:
            self._malformed.add(1, repr(error))

    def _hear_deed(self, message: bytes) -> None:
        self._deeds += 1
        if self._deeds > DEEDS_PER_S_MAX:
            self._beyond.add(1)
            return
        deed = self._decode(message)
        _check(deed)
        self._condemn(deed)

    def _hear_shared(self, message: bytes) -> None:
        if not self._others_max:
            raise ValueError("another sensor's block, which we do not take")
        self._shared += 1
        if self._shared > SHARED_PER_S_MAX:
            self._beyond_shared.add(1)
            return
        told = shared.decode(message)
        if told.until:
            self._take(told)
        else:
            self._let_go(told.address)

    def order(self, address: bytes, seconds: float) -> str:
        """Block a source because a person wants it; "", or why that is not done."""
        at = self._now()
        if why := self._why(address, at):
            return f"it is {why}"
        earlier = self.blocks.get(address)
        if earlier is None and self.blocks.full:
            return f"{NO_ROOM} ({self._settings.blocks_max})"
        if earlier is not None:
            self._lift(earlier)
        deed = Deed(at, address, 0, bytes(len(address)), 0, OPERATOR)
        block = self.blocks.sentence(deed, self._how, at)
        return self._put(msgspec.structs.replace(block, until=at + (seconds or self._settings.seconds)))

    def release(self, address: bytes) -> bool:
        """Let a source in again because a person wants it; False if it was not blocked."""
        block = self.blocks.get(address)
        self._end(block, "removed")
        return block is not None

    def turn(self) -> None:
        """What time brings: ends, and the list on disk. To be called once a second, or more often."""
        self._expire()
        self._would.expired(self._now())
        if self._changed and self._now() - self._saved_at >= SAVE_S:
            self.save()

    def save(self) -> None:
        """Put the list on disk now, if it is not there as it is."""
        if not self._changed or self._shelf is None:
            return
        self._changed, self._saved_at = False, self._now()
        try:
            self._shelf.save(self.blocks)
        except OSError as error:
            self._changed = True
            log.warning("%s: the blocks are not kept (%s)", self._shelf.folder, error.strerror)

    def _follow(self, config: Config, why: Why) -> None:
        self._settings, self._why = config.block, why
        # A list that others could fill would have no room for what happens here.
        self._others_max = max(config.block.blocks_max // 2, 1) if takes(config) else 0
        self._how = config.block.kind if config.sensor.firewall else "none"
        for blocks in (self.blocks, self._would):
            blocks.limit(Settings(config.block.seconds, config.block.seconds_max, config.block.blocks_max))

    def _spare(self) -> None:
        at = self._now()
        for block in list(self.blocks):
            if self._why(block.address, at):
                self._end(block, "spared")

    def _condemn(self, deed: Deed) -> None:
        at = self._now()
        blocks = self._would if self._settings.dry_run else self.blocks
        if not self.blocks.is_news(deed) or not blocks.is_news(deed):
            return
        self._enforce(blocks.sentence(deed, self._how, at), blocks)

    def _take(self, told: Shared) -> None:
        """Do as another sensor does, unless we do something about that source already, or a person let it in."""
        at = self._now()
        blocks = self._would if self._settings.dry_run else self.blocks
        earlier = self.blocks.get(told.address) or blocks.get(told.address)
        if earlier and (not earlier.by or (earlier.by, earlier.since) == (told.by, told.since)):
            return
        if told.until <= at or self.blocks.is_pardoned(told.address, told.since):
            return
        if earlier:
            self._lift(earlier)
            blocks.forget(told.address)
        self._enforce(self._sentenced(told, at), blocks)

    def _sentenced(self, told: Shared, at: float) -> Blocked:
        """Another sensor's block in our words, no longer from now than our own may be."""
        return Blocked(
            address=told.address,
            how=self._how,
            since=told.since,
            until=min(told.until, at + self._settings.seconds_max),
            times=told.times,
            deed=Deed(told.since, told.address, 0, bytes(len(told.address)), told.port, told.reason),
            by=told.by,
        )

    def _let_go(self, address: bytes) -> None:
        """Let a source in again that no other sensor blocks any more."""
        block = self.blocks.get(address)
        if block is not None and block.by:
            self._lift(block)
            self.blocks.forget(address)
            self._changed = True
            self._tell(block, BlockRemoved, "removed")

    def _enforce(self, block: Blocked, blocks: Blocklist) -> None:
        if why := self._why(block.address, self._now()):
            self._refuse(block, why)
        elif blocks.full or (block.by and blocks.others >= self._others_max):
            self._refuse(block, NO_ROOM)
        elif self._settings.dry_run:
            blocks.add(block)
            self._tell(block, BlockRefused, DRY_RUN)
        elif why := self._put(block):
            self._refuse(block, why)

    def _put(self, block: Blocked) -> str:
        """Into force and on the list; "", or what stands in the way."""
        if self._wall is not None and block.how != "none":
            # Another sensor's began earlier, and by another clock.
            begun = self._now() if block.by else block.since
            try:
                if not self._wall.block(block.address, block.until - begun, block.how):
                    return NO_ROOM
            except OSError as error:
                self._broken.add(1, error.strerror)
                return f"the firewall refuses: {error.strerror}"
        self.blocks.add(block)
        self._changed = True
        self._tell(block, BlockAdded)
        return ""

    def _end(self, block: Blocked | None, ended: str) -> None:
        if block is not None:
            self._lift(block)
            self.blocks.remove(block.address, self._now())
            self._changed = True
            self._tell(block, BlockRemoved, ended)

    def _lift(self, block: Blocked) -> None:
        if self._wall is not None and block.how != "none":
            self._wall.unblock(block.address, block.how)

    def _expire(self) -> None:
        # The firewall's set forgets them by itself.
        for block in self.blocks.expired(self._now()):
            self._changed = True
            self._tell(block, BlockRemoved, "expired")

    def _refuse(self, block: Blocked, because: str) -> None:
        """Tell of it, unless it was told lately."""
        cause, until = self._refused.pop(block.address, ("", 0.0))
        news = cause != because or until <= self._now()
        self._refused[block.address] = (because, block.until if news else until)
        if len(self._refused) > REFUSALS_MAX:
            del self._refused[next(iter(self._refused))]
        if news:
            self._tell(block, BlockRefused, because)

    def _tell(self, block: Blocked, kind: type[BlockAdded | BlockRemoved | BlockRefused], *more: str) -> None:
        deed = block.deed
        where = block.address, deed.sport, deed.dst, deed.dport
        what = deed.reason, block.how, block.until - block.since, block.times
        # Whoever knows our block from the list and from its event is to take it for the same one.
        at = block.since if kind is BlockAdded and not block.by else self._now()
        last = (*more, block.by)
        self.events.append(kind(at, *where, *what, *last))


def takes(config: Config) -> bool:
    """Whether other sensors' blocks are put into force here: only where there is blocking at all."""
    return bool(config.fleet.url) and config.fleet.blocks in ("both", "take") and config.block.enabled


def _check(deed: Deed) -> None:
    """Nothing, if there can be such a deed. Raises ValueError."""
    ports = deed.sport, deed.dport
    if len(deed.src) not in (4, 16) or len(deed.dst) != len(deed.src) or not all(0 <= port < 65536 for port in ports):
        raise ValueError("no such address or port")
    if deed.reason not in BLOCK_REASONS or deed.reason == OPERATOR or not 0 < deed.at < 1e12:
        raise ValueError("no such reason or time")
