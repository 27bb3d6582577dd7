"""Worlds that follow each other: settings that change while the sensor runs deal the ports anew, and whoever is
connected stays with the world in which the connection began.

Looks like one World. What is called a turn here says which world as well: above the 16 bits of the world's own.
"""

from typing import Final

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


class Eras:
    """One world at a time, each an era with a number."""

    def __init__(self, worlds: dict[int, tuple[float, World]]) -> None:
        """Era → since when it is in force (seconds since the epoch) and its world, oldest first."""
        self._worlds = worlds
        self._now, (_, self.present) = list(worlds.items())[-1]
        self.turns_at = self.present.turns_at
        """See `World`."""

    def pass_time(self, at: float) -> None:
        """See `World`: only the world in force goes on."""
        self.present.pass_time(at)
        self.turns_at = self.present.turns_at

    def turns(self, since: float) -> tuple[int, ...]:
        """In which dealings a connection that is as old as it seems may have met its port, the likeliest first.

        One that may have begun before a change is taken for one that did: who was there is not to notice it.
        """
        slot, eras = since // _SLOT_S * _SLOT_S, list(self._worlds)
        then = max(sum(at <= slot for at, _ in self._worlds.values()) - 1, 0)
        likely = (*eras[then:], *reversed(eras[:then]))
        return tuple(turn for era in likely for turn in self._turns(era, since))

    def turns_now(self, since: float) -> tuple[int, ...]:
        """The same for a connection that began under the world in force, or begins now."""
        return tuple(turn for era in reversed(self._worlds) for turn in self._turns(era, since))

    def profile(self, src: bytes, dst: bytes, port: int, turn: int | None = None) -> Profile:
        """See `World`."""
        return self._of(turn).profile(src, dst, port, None if turn is None else turn & _OWN)

    def door(self, src: bytes, dst: bytes, port: int, turn: int | None = None) -> Door:
        """See `World`."""
        return self._of(turn).door(src, dst, port, None if turn is None else turn & _OWN)

    def family(self, src: bytes, dst: bytes, turn: int | None = None) -> str:
        """See `World`."""
        return self._of(turn).family(src, dst)

    def followed_by(self, world: World, at: float) -> "Eras":
        """The same worlds and one more, in force from `at` on."""
        kept = list(self._worlds.items())[1 - ERAS_MAX :]
        return Eras({**dict(kept), (self._now + 1) % _ERAS: (at, world)})

    def _of(self, turn: int | None) -> World:
        known = None if turn is None else self._worlds.get(turn >> _TURN_BITS)
        return self.present if known is None else known[1]

    def _turns(self, era: int, since: float) -> tuple[int, ...]:
        return tuple(era << _TURN_BITS | turn for turn in self._worlds[era][1].turns(since))


AnyWorld = World | Eras


def followed(before: AnyWorld, world: World, at: float) -> AnyWorld:
    """`world` in force from `at` on, after whatever was; where it is in force already, what there is."""
    known = before if isinstance(before, Eras) else Eras({0: (0.0, before)})
    return before if known.present is world else known.followed_by(world, at)
