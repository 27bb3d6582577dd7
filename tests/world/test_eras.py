"""Worlds that follow each other: now is the latest, and a connection is of the one in which it may have begun."""

from rawspoof.config.model import World as Settings
from rawspoof.core.world.eras import ERAS_MAX, AnyWorld, Eras, followed
from rawspoof.core.world.kind import Door
from rawspoof.core.world.profile import Mode
from rawspoof.core.world.world import World
from tests.peers import DST, SECRET, SRC
from tests.world.test_world import CATALOGUE

T0 = 6.4e8
"""The start of a cookie's slot."""


def world(**settings: object) -> World:
    return World(CATALOGUE, SECRET, Settings(**settings), "linux")


def after(before: AnyWorld, world: World, at: float, *earlier: int) -> Eras:
    eras = followed(before, world)
    assert isinstance(eras, Eras)
    eras.begin(at, earlier)
    return eras


def two() -> tuple[World, World, Eras]:
    first, second = world(delivery="prompt"), world(kind="open")
    return first, second, after(first, second, T0 + 100, 77)


def test_now_is_the_latest_world():
    first, second, eras = two()
    assert eras.profile(SRC, DST, 80) == second.profile(SRC, DST, 80)
    assert eras.profile(SRC, DST, 80).mode is Mode.SILENT
    assert eras.door(SRC, DST, 80) is Door.OPEN
    assert eras.family(SRC, DST) == "linux"
    assert eras.profile(SRC, DST, 80, 0) == first.profile(SRC, DST, 80, 0) != second.profile(SRC, DST, 80, 0)


def test_a_connection_is_of_the_world_in_which_it_may_have_begun():
    _, _, eras = two()
    old, new = 0, 1 << 16
    assert eras.turns(T0) == (old, new)
    # The second slot: the change came in its middle, so both are possible, and who was there is not to notice.
    assert eras.turns(T0 + 64) == (old, new)
    assert eras.turns(T0 + 128) == (new, old)


def test_of_a_connection_of_late_it_is_known_exactly():
    _, _, eras = two()
    assert eras.turns(T0 + 64, 77) == (0, 1 << 16)
    assert eras.turns(T0 + 64, 78) == (1 << 16, 0)
    third = after(eras, world(epoch=5), T0 + 101, 77, 78)
    assert [third.turns(T0 + 64, dice)[0] >> 16 for dice in (77, 78, 79)] == [0, 1, 2]


def test_the_same_world_is_no_new_era():
    first, second, eras = two()
    assert followed(first, first) is first
    assert followed(eras, second) is eras


def test_worlds_of_long_ago_are_forgotten_and_their_connections_meet_the_present_one():
    known = after(world(), world(epoch=1), T0)
    for epoch in range(2, ERAS_MAX + 3):
        known = after(known, world(epoch=epoch), T0 + epoch)
    latest = ERAS_MAX + 2
    assert {turn >> 16 for turn in known.turns(T0)} == set(range(latest - ERAS_MAX + 1, latest + 1))
    assert known.profile(SRC, DST, 80, 0) == known.profile(SRC, DST, 80)


def test_a_world_that_is_dealt_anew_by_the_clock_goes_on_doing_so():
    eras = after(world(), world(rotate_s=600.0), T0)
    assert eras.turns_at == 0.0
    eras.pass_time(T0 + 1)
    assert T0 < eras.turns_at <= T0 + 600
    assert len(eras.turns(T0, 1)) == 3
