"""Who lives at (destination, port) for a source: identity, delay and hold, dealt by a keyed hash.

Keeps no table of ports: a profile is made when it is asked for and the latest are remembered. Knows no packet, no
clock and no chance; the secret walks in.
"""

import math
from collections import OrderedDict
from collections.abc import Sequence
from difflib import get_close_matches
from functools import partial
from hashlib import blake2s
from typing import Final, NamedTuple

from rawspoof.config.model import World as Settings
from rawspoof.core.signature.catalogue import Catalogue
from rawspoof.core.signature.identity import Identity
from rawspoof.core.world import host
from rawspoof.core.world.estate import Estate, Host
from rawspoof.core.world.kind import Door, Kind
from rawspoof.core.world.profile import Delivery, Hold, Mode, Profile

PROFILES_MAX: Final = 16_384
"""Profiles remembered; the oldest is forgotten for a new one and dealt again, the same, when it is asked for."""

JITTER: Final = 0.1
"""How far one connection strays from its port's delay and hold, either way."""

GREET_S: Final = (0.05 / (1 - JITTER), 5.2 / (1 + JITTER))
"""Delay of a greeting. With its jitter it ends 0.8 s before nmap's wait for one does (6 s)."""

ANSWER_S: Final = (0.02 / (1 - JITTER), 4.3 / (1 + JITTER))
"""Delay of an answer. With its jitter it ends 0.7 s before nmap's wait for one does (5 s)."""

TURNS: Final = 1 << 16
"""Dealings are counted modulo this: a frozen connection has 16 bits for the one it is of."""

NEVER: Final = float("inf")
_TWO_32: Final = 2**32


class Dice(NamedTuple):
    """The independent throws that one hash gives for a port, each from 0 up to but not 1, and a number."""

    silent: float
    delay: float
    hold: float
    persist: float
    drip: float
    number: int
    seed: bytes


def jitter(value: float, dice: int) -> float:
    """`value` with one connection's deviation, within ±10 %; `dice` is 32 random bits of that connection."""
    return value * (1 - JITTER + 2 * JITTER * (dice % _TWO_32) / _TWO_32)


class World:
    """The profiles of all ports of all destinations, a pure function of secret, epoch and settings."""

    def __init__(
        self,
        catalogue: Catalogue,
        secret: bytes,
        settings: Settings,
        os_family: str,
        kinds: Sequence[Kind] = (),
        profiles_max: int = PROFILES_MAX,
    ) -> None:
        """Raises ValueError, in one line, for a service that is not in the catalogue and holds that do not climb."""
        if settings.only and settings.only not in catalogue.services:
            raise ValueError(f"world.only: {_unknown(settings.only, list(catalogue.services))}")
        if 0 < settings.hold_max_s < settings.hold_min_s:
            raise ValueError(f"world.hold_max_s: {settings.hold_max_s} is less than hold_min_s; 0 means for ever")
        self._catalogue = catalogue
        # No method: what a host is dealt by must not hold on to its world, or no world would ever be let go.
        self._hash = partial(_hashed, blake2s(secret, person=b"world").digest(), settings.epoch)
        self._settings = settings
        self._os_family = os_family
        self._profiles_max = profiles_max
        self._profiles: OrderedDict[tuple[bytes, bytes, int], Profile] = OrderedDict()
        self.profiles_evicted = 0
        self.turn = 0
        """Which dealing of the ports is in force; always 0 where they are not dealt anew by themselves."""
        self.turns_at = 0.0 if settings.rotate_s else NEVER
        """When the next one begins, seconds since the epoch: from then on `pass_time` wants to be told."""
        self._estate = Estate(kinds, self._hash) if settings.kind == "plausible" else None
        if settings.kind == "maze":
            # What cannot be dealt at all is told now and not with the first packet.
            catalogue.pick(1, 0, os_family, settings.only or None)

    def pass_time(self, at: float) -> None:
        """Go on to the dealing of this moment."""
        if self._settings.rotate_s:
            number = at // self._settings.rotate_s
            self.turn, self.turns_at = int(number) % TURNS, (number + 1) * self._settings.rotate_s

    def turns(self, since: float, dice: int | None = None) -> tuple[int, ...]:
        """In which dealings a connection may have met its port, the likeliest first: that of `since`, its age modulo
        some hours (see `handshake.SLOTS`), this one, and the last."""
        if not self._settings.rotate_s:
            return (self.turn,)
        then = int(since // self._settings.rotate_s) % TURNS
        return tuple(dict.fromkeys((then, self.turn, (self.turn - 1) % TURNS)))

    def profile(self, src: bytes, dst: bytes, port: int, turn: int | None = None) -> Profile:
        """Who lives at this port for this source, now or in another dealing; addresses packed, 4 or 16 bytes."""
        group = self._group(src)
        turn = self.turn if turn is None else turn
        key = (group, dst, turn << 16 | port)
        known = self._profiles.get(key)
        if known is not None:
            return known
        if len(self._profiles) >= self._profiles_max:
            self._profiles.popitem(last=False)
            self.profiles_evicted += 1
        dealt = self._profiles[key] = self._deal(group, dst, port, turn)
        return dealt

    @property
    def services(self) -> int:
        """How many services there are to deal."""
        return len(self._catalogue.services)

    def door(self, src: bytes, dst: bytes, port: int, turn: int | None = None) -> Door:
        """What a SYN to this port meets; in worlds without hosts of their own every port is open."""
        if self._estate is None or port in self._catalogue.pinned:
            return Door.OPEN
        return self._estate.host(self._group(src), dst, self.turn if turn is None else turn).door(port)

    def family(self, src: bytes, dst: bytes, turn: int | None = None) -> str:
        """The operating system family of this address, whose TCP it is to speak; it has the same in every dealing."""
        return self._os_family if self._estate is None else self._estate.host(self._group(src), dst).kind.family

    def _group(self, src: bytes) -> bytes:
        """Sources that share a world: all of them, or those of a /24 (IPv6: /64)."""
        if not self._settings.per_source:
            return b""
        return src[:3] if len(src) == 4 else src[:8]

    def _deal(self, group: bytes, dst: bytes, port: int, turn: int) -> Profile:
        dice = self._throw(group, dst, turn << 16 | port)
        hold, hold_s = self._hold(dice)
        if self._settings.kind == "fuzz":
            return Profile(None, Mode.GREET, self._delay_s(GREET_S, dice), hold, hold_s, Delivery.FUZZ)
        identity = self._identity(group, dst, port, turn, dice)
        drips = self._settings.kind == "maze" and dice.drip < self._settings.drip_share
        if identity is None:
            return Profile(None, Mode.SILENT, 0.0, hold, hold_s, Delivery.LINES if drips else Delivery.WHOLE)
        if not identity.greet or identity.tls == "implicit":
            return Profile(identity, Mode.ANSWER, self._delay_s(ANSWER_S, dice), hold, hold_s)
        delivery = Delivery.BYTES if drips else Delivery.WHOLE
        return Profile(identity, Mode.GREET, self._delay_s(GREET_S, dice), hold, hold_s, delivery)

    def _delay_s(self, bounds: tuple[float, float], dice: Dice) -> float:
        return 0.0 if self._settings.delivery == "prompt" else between(*bounds, dice.delay)

    def _identity(self, group: bytes, dst: bytes, port: int, turn: int, dice: Dice) -> Identity | None:
        settings = self._settings
        if port in self._catalogue.pinned:
            pinned = self._catalogue.pinned[port]
            return pinned.identity(pinned.varieties[0], 0, self._facts(group, dst, port, dice))
        if self._estate is not None:
            return self._resident(self._estate.host(group, dst, turn), group, dst, port, dice)
        quiet = settings.delivery == "human" and not settings.only and dice.silent < settings.silent_share
        if quiet or settings.kind == "open":
            return None
        return self._at_home(self._os_family, settings.only or None, group, dst, port, dice)

    def _resident(self, where: Host, group: bytes, dst: bytes, port: int, dice: Dice) -> Identity | None:
        """Who lives at a port of a plausible host: one of those that the host's kind names for it."""
        services = [s for s in where.opens.get(port, ()) if s in self._catalogue.services]
        only = services[int.from_bytes(dice.seed) % len(services)] if services else None
        return self._at_home(where.kind.family, only, group, dst, port, dice)

    def _at_home(self, family: str, only: str | None, group: bytes, dst: bytes, port: int, dice: Dice) -> Identity:
        choice = self._catalogue.pick(port, dice.number, family, only)
        return choice.identity(self._facts(group, dst, port, dice))

    def _facts(self, group: bytes, dst: bytes, port: int, dice: Dice) -> dict[str, bytes]:
        return host.facts(self._hash(b"host", group, dst, 0), dst, port, dice.seed)

    def _hold(self, dice: Dice) -> tuple[Hold, float]:
        settings = self._settings
        if dice.persist < settings.persist_share:
            return Hold.PERSIST, 0.0
        if settings.hold_max_s == 0:
            return Hold.FOREVER, 0.0
        return Hold.TIMED, between(max(settings.hold_min_s, 0.001), settings.hold_max_s, dice.hold)

    def _throw(self, group: bytes, dst: bytes, number: int) -> Dice:
        throws = self._hash(b"port", group, dst, number)
        silent, delay, hold, persist = (int.from_bytes(throws[i : i + 4]) / _TWO_32 for i in (0, 4, 8, 12))
        drip = (persist * _TWO_32 % 65536) / 65536
        return Dice(silent, delay, hold, persist, drip, int.from_bytes(throws[16:28]), throws[28:])


def _hashed(key: bytes, epoch: int, person: bytes, group: bytes, dst: bytes, number: int) -> bytes:
    """32 bytes that a secret and epoch give for a port (and, above its 16 bits, its turn) or a host (0)."""
    where = b"%d %d %d " % (epoch, len(group), number)
    return blake2s(where + group + dst, key=key, person=person).digest()


def between(low: float, high: float, throw: float) -> float:
    """The value at this share (0 to 1) of the way from `low` to `high`, on a logarithmic scale: no size is rare."""
    return low * math.pow(high / low, throw)


def _unknown(name: str, known: list[str]) -> str:
    if not known:
        return "the catalogue is empty"
    near = get_close_matches(name, known, n=1)
    return f"no service `{name}`; " + (f"the nearest is `{near[0]}`" if near else "`rawspoof signatures list` has all")
