"""Worlds that follow each other: settings that change while the sensor runs deal the ports anew, and whoever is
connected stays with the world in which the connection began.

Looks like one World. What is called a turn here says which world as well: above the 16 bits of the world's own.
"""

import math
from dataclasses import dataclass
from typing import Final, Protocol

from rawspoof.core.world.kind import Door
from rawspoof.core.world.profile import Profile
from rawspoof.core.world.world import World

ERAS_MAX: Final = 4
"""Worlds kept, the one in force included. A connection of an older one meets the present one with its next question."""
_SLOT_S: Final = 64
"""How exactly the age of a connection without state is known (`handshake.SLOT_S`)."""
_TURN_BITS: Final = 16
_OWN: Final = (1 << _TURN_BITS) - 1
_ERAS: Final = 1 << 16
"""Eras are counted modulo this: a frozen connection has 16 bits for the one it is of."""


class Marks(Protocol):
    """Connections by their dice."""

    def __contains__(self, dice: int, /) -> bool: ...


@dataclass(slots=True)
class Era:
    """The time of one world."""

    since: float
    """Seconds since the epoch."""
    world: World
    earlier: Marks = ()
    """The dice of connections that were open when it began, of the last two hours."""


class Eras:
    """One world at a time, each an era with a number."""

    def __init__(self, eras: dict[int, Era]) -> None:
        """Oldest first."""
        self._eras = eras
        self._now, latest = list(eras.items())[-1]
        self.present = latest.world
        self.turns_at = self.present.turns_at
        """See `World`."""

    def begin(self, at: float, earlier: Marks) -> None:
        """The last of the eras begins at this moment, and these connections are older than it."""
        self._eras[self._now] = Era(at, self.present, earlier)

    def pass_time(self, at: float) -> None:
        """See `World`: only the world in force goes on."""
        self.present.pass_time(at)
        self.turns_at = self.present.turns_at

    def turns(self, since: float, dice: int | None = None) -> tuple[int, ...]:
        """In which dealings a connection may have met its port, the likeliest first.

        It is as old as it seems, to a slot; of one that was opened lately or is just being opened `dice` tells exactly.
        Where both are possible it is of the older world: who was there is not to notice a change.
        """
        numbers, eras = list(self._eras), list(self._eras.values())
        if dice is None:
            begun = sum(era.since <= since // _SLOT_S * _SLOT_S for era in eras)
        else:
            begun = next((n for n, era in enumerate(eras) if dice in era.earlier), len(eras))
        then = max(begun - 1, 0)
        likely = (*numbers[then:], *reversed(numbers[:then]))
        return tuple(number << _TURN_BITS | turn for number in likely for turn in self._eras[number].world.turns(since))

    def profile(self, src: bytes, dst: bytes, port: int, turn: int | None = None) -> Profile:
        """See `World`."""
        return self._of(turn).profile(src, dst, port, None if turn is None else turn & _OWN)

    def door(self, src: bytes, dst: bytes, port: int, turn: int | None = None) -> Door:
        """See `World`."""
        return self._of(turn).door(src, dst, port, None if turn is None else turn & _OWN)

    def family(self, src: bytes, dst: bytes, turn: int | None = None) -> str:
        """See `World`."""
        return self._of(turn).family(src, dst)

    def followed_by(self, world: World) -> "Eras":
        """The same eras and one more, which is to `begin`."""
        kept = list(self._eras.items())[1 - ERAS_MAX :]
        return Eras({**dict(kept), (self._now + 1) % _ERAS: Era(math.inf, world)})

    def _of(self, turn: int | None) -> World:
        era = None if turn is None else self._eras.get(turn >> _TURN_BITS)
        return self.present if era is None else era.world


AnyWorld = World | Eras


def followed(before: AnyWorld, world: World) -> AnyWorld:
    """`world` after whatever was; where it is in force already, what there is."""
    known = before if isinstance(before, Eras) else Eras({0: Era(0.0, before)})
    return before if known.present is world else known.followed_by(world)
