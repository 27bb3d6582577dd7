"""Which blocks the broker is to have of ours, and which of the others' are to be in force here. Pure book-keeping.

Knows no connection and no firewall: it says what to send, and what to ask the supervisor for. Time is an argument.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from rawspoof.core.event import AnyEvent, BlockAdded, BlockRemoved
from rawspoof.core.watch.blocklist import Blocked
from rawspoof.edges.block.shared import Shared
from rawspoof.edges.fleet import value
from rawspoof.edges.fleet.streams import DELETED, is_copy
from rawspoof.edges.sinks.base import Tally
from rawspoof.edges.sinks.nats_client import Message, Request

CHANGES_MAX: Final = 256
"""Keys changed at a time."""
_DELETION: Final = b"\r\nKV-Operation:"


class Exchange:
    """Both directions of one sensor."""

    def __init__(self, sensor: str, blocked: Iterable[Blocked], keys_max: int, send: bool, take: bool) -> None:
        """`sensor` is our word in subjects; `blocked` who is blocked here now, by whomever.

        Of the others' blocks at most `keys_max` are known at a time, and as many keys of our own.
        """
        self._sensor, self._keys_max, self._send, self._take = sensor, keys_max, send, take
        blocks = list(blocked)
        self._own = {block.address: value.of_list(block) for block in blocks if send and not block.by}
        self._there: dict[bytes, bytes] = {}
        """What the broker has of ours."""
        self._unsent: set[bytes] = set(self._own)
        """Addresses at which those two may differ."""
        self._loading = True
        self._theirs: dict[bytes, dict[str, Shared]] = {}
        self._known = 0
        self._asked = {block.address: (block.by, block.since) for block in blocks if block.by}
        """What the supervisor was asked for last."""
        self._unasked: dict[bytes, None] = {}
        """Addresses about which it may have to be asked again, the latest last."""
        self.malformed = Tally("fleet: malformed blocks at the broker")
        self.beyond = Tally("fleet: other sensors' blocks beyond block.blocks_max")

    # Our own

    def told(self, event: AnyEvent) -> None:
        """Something became of a block here."""
        if not isinstance(event, BlockAdded | BlockRemoved):
            return
        if self._send and not event.by:
            if isinstance(event, BlockAdded):
                self._own[event.src] = value.of_event(event)
            else:
                self._own.pop(event.src, None)
            self._unsent.add(event.src)
        if isinstance(event, BlockRemoved) and event.ended == "expired":
            # Another sensor's may last longer. What a person here took away stays away.
            self._asked.pop(event.src, None)
            self._reconsider(event.src)

    def changes(self, now: float) -> list[tuple[bytes, Request]]:
        """What the broker is to be told next, with the addresses; nothing before it has told what it has.

        What does not come to `changed` is told again after the next `begin`.
        """
        found: list[tuple[bytes, Request]] = []
        while self._unsent and not self._loading and len(found) < CHANGES_MAX:
            address = self._unsent.pop()
            if (request := self._change(address, now)) is not None:
                found.append((address, request))
        return found

    def changed(self, changes: Sequence[tuple[bytes, Request]]) -> None:
        """The broker has taken these."""
        for address, request in changes:
            if request.data:
                self._there[address] = request.data
            else:
                self._there.pop(address, None)

    def _change(self, address: bytes, now: float) -> Request | None:
        own, there = self._own.get(address), self._there.get(address)
        subject = value.subject(self._sensor, address)
        if own is not None:
            return Request(subject, own) if own != there else None
        return Request(subject, b"", DELETED) if there is not None and not _over(subject, there, now) else None

    # The others'

    def begin(self) -> None:
        """All that the broker has will be heard anew."""
        self._loading = True
        self._there.clear()

    def heard(self, message: Message) -> None:
        """A key as it is now."""
        try:
            if is_copy(message.headers):
                raise ValueError(f"copied to {message.subject[:100]!r}")
            sensor, address = value.key(message.subject)
            deleted = _DELETION in message.headers
            if sensor == self._sensor:
                self._hear_own(address, b"" if deleted else message.data)
            elif self._take:
                self._hear_other(sensor, address, None if deleted else value.decode(message.subject, message.data))
        except (ValueError, RecursionError) as error:
            self.malformed.add(1, repr(error))

    def loaded(self) -> None:
        """All there is was heard; from now on keys come as they change."""
        if self._loading:
            self._loading = False
            self._unsent = {*self._own, *self._there} if self._send else set()

    def ask(self, now: float) -> Shared | None:
        """What to ask the supervisor for next, None for nothing."""
        while self._unasked:
            address, _ = self._unasked.popitem()
            best, asked = self._best(address, now), self._asked.get(address)
            if best is not None and (best.by, best.since) != asked:
                self._asked[address] = best.by, best.since
                return best
            if best is None and asked is not None:
                del self._asked[address]
                return Shared(address, now, 0.0, "operator", 1, 0, asked[0])
        return None

    def again(self, shared: Shared) -> None:
        """The supervisor had no room for that; it is to be asked later."""
        if shared.until:
            del self._asked[shared.address]
        else:
            self._asked[shared.address] = shared.by, shared.since
        self._reconsider(shared.address)

    def forget(self, now: float) -> None:
        """Let go of what is over. To be called every few seconds."""
        for address, by_sensor in list(self._theirs.items()):
            for sensor in [sensor for sensor, shared in by_sensor.items() if shared.until <= now]:
                self._drop(sensor, address)
            if address not in self._theirs and address not in self._unasked:
                self._asked.pop(address, None)

    def _hear_own(self, address: bytes, data: bytes) -> None:
        # Later ones are echoes of our own words.
        if not self._loading:
            return
        if not data:
            self._there.pop(address, None)
        elif address in self._there or len(self._there) < self._keys_max:
            self._there[address] = data
        else:
            self.beyond.add(1)

    def _hear_other(self, sensor: str, address: bytes, shared: Shared | None) -> None:
        if self._theirs.get(address, {}).get(sensor) == shared:
            # Nothing new, or a deletion of what we never knew; unless it is in force here from an earlier life of ours.
            if shared is None and self._asked.get(address, ("",))[0] == sensor:
                self._reconsider(address)
            return
        if shared is None:
            self._drop(sensor, address)
        elif self._known < self._keys_max or sensor in self._theirs.get(address, {}):
            self._drop(sensor, address)
            self._theirs.setdefault(address, {})[sensor] = shared
            self._known += 1
        else:
            self.beyond.add(1)
            return
        self._reconsider(address)

    def _drop(self, sensor: str, address: bytes) -> None:
        by_sensor = self._theirs.get(address, {})
        if by_sensor.pop(sensor, None) is not None:
            self._known -= 1
        if not by_sensor:
            self._theirs.pop(address, None)

    def _best(self, address: bytes, now: float) -> Shared | None:
        """The block of this address that lasts longest."""
        lasting = [shared for shared in self._theirs.get(address, {}).values() if shared.until > now]
        return max(lasting, key=lambda shared: shared.until, default=None)

    def _reconsider(self, address: bytes) -> None:
        self._unasked.pop(address, None)
        self._unasked[address] = None


def _over(subject: str, data: bytes, now: float) -> bool:
    """Whether a value's time is over; what cannot be read is not."""
    try:
        return value.decode(subject, data).until <= now
    except (ValueError, RecursionError):
        return False
