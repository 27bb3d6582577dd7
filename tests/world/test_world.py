"""The world: a pure function of its key, and shares, delays and holds that are what the settings say."""

import math
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rawspoof.config.model import World as Settings
from rawspoof.core.signature.catalogue import Catalogue
from rawspoof.core.world.kind import Door
from rawspoof.core.world.profile import Hold, Mode
from rawspoof.core.world.world import World, between, jitter
from rawspoof.edges.system.kinds import load_kinds
from rawspoof.edges.system.signatures import load_catalogue

CATALOGUE, _ = load_catalogue(())
SECRET = b"s" * 32
SRC, NEIGHBOUR, STRANGER = b"\xc0\x00\x02\x07", b"\xc0\x00\x02\x99", b"\xcb\x00\x71\x07"
DST, OTHER = b"\x0a\x00\x00\x01", b"\x0a\x00\x00\x02"


def world(family="linux", secret=SECRET, **settings):
    return World(CATALOGUE, secret, Settings(**settings), family)


def spoken(profile):
    """What can be compared of a profile: templates with moments in them are equal only to themselves."""
    identity = profile.identity
    return profile[1:], identity and (identity.service, identity.version, identity.greet and identity.greet.render(1e9))


def ports(of, count=3000, src=SRC, dst=DST):
    return [of.profile(src, dst, port) for port in range(20000, 20000 + count)]


def differing(one, other):
    pairs = zip(map(spoken, one), map(spoken, other), strict=True)
    return sum(a != b for a, b in pairs)


def test_the_same_key_gives_the_same_profile_in_any_world_and_order():
    first, second = world(), world()
    backwards = [second.profile(SRC, DST, port) for port in range(20299, 19999, -1)]
    assert differing(ports(first, 300), backwards[::-1]) == 0


@pytest.mark.parametrize("change", [{"secret": b"t" * 32}, {"epoch": 1}, {"epoch": -1}])
def test_secret_and_epoch_deal_anew(change):
    assert differing(ports(world(), 200), ports(world(**change), 200)) == 200


def test_by_the_clock_ports_are_dealt_anew():
    here, twin = world(rotate_s=600.0), world(rotate_s=600.0)
    here.pass_time(6e8 + 100)
    assert (here.turn, here.turns_at) == (1_000_000 % 65536, 6e8 + 600)
    before = ports(here, 200)
    here.pass_time(6e8 + 600)
    assert (here.turn, here.turns_at) == (1_000_001 % 65536, 6e8 + 1200)
    assert differing(before, ports(here, 200)) == 200
    twin.pass_time(6e8 + 1199)
    assert differing(ports(here, 200), ports(twin, 200)) == 0
    # What was is known as long as a connection may ask for it.
    past = [here.profile(SRC, DST, port, here.turn - 1) for port in range(20000, 20200)]
    assert differing(before, past) == 0


def test_without_a_clock_time_changes_nothing():
    here = world()
    here.pass_time(1e9)
    assert (here.turn, here.turns_at, here.turns(5.0)) == (0, math.inf, (0,))


@pytest.mark.parametrize(
    ("since", "turns"), [(700.0, (1, 0)), (650.0, (1, 0)), (599.0, (0, 1)), (-100.0, (65535, 1, 0))]
)
def test_a_connection_may_be_of_the_turn_it_seems_this_one_or_the_last(since, turns):
    here = world(rotate_s=600.0)
    here.pass_time(700.0)
    assert here.turns(since) == turns


def test_destinations_differ_and_sources_do_not():
    here = world()
    assert differing(ports(here, 200), ports(here, 200, dst=OTHER)) == 200
    assert differing(ports(here, 200), ports(here, 200, src=STRANGER)) == 0


def test_per_source_every_slash_24_has_its_own_world():
    here = world(per_source=True)
    assert differing(ports(here, 200), ports(here, 200, src=NEIGHBOUR)) == 0
    assert differing(ports(here, 200), ports(here, 200, src=STRANGER)) == 200


def test_per_source_every_slash_64_has_its_own_world():
    here = world(per_source=True)
    net, dst = bytes.fromhex("20010db800000001"), bytes(15) + b"\1"
    one, near, far = net + bytes(8), net + b"\xff" * 8, net[:7] + b"\2" + bytes(8)
    assert differing(ports(here, 100, one, dst), ports(here, 100, near, dst)) == 0
    assert differing(ports(here, 100, one, dst), ports(here, 100, far, dst)) == 100


def test_silent_and_persistent_ports_have_their_share():
    dealt = ports(world(silent_share=0.1, persist_share=0.05))
    modes, holds = Counter(p.mode for p in dealt), Counter(p.hold for p in dealt)
    assert 0.08 < modes[Mode.SILENT] / len(dealt) < 0.12
    assert 0.035 < holds[Hold.PERSIST] / len(dealt) < 0.065
    assert all((p.identity is None) is (p.mode is Mode.SILENT) for p in dealt)
    assert all(bool(p.identity.greet) is (p.mode is Mode.GREET) for p in dealt if p.identity)


def assert_no_pile(values, low, high):
    """On a logarithmic scale every tenth of the range holds about a tenth of the values; none is dealt twice."""
    tenths = Counter(int(10 * math.log(v / low) / math.log(high / low)) for v in values)
    assert len(set(values)) == len(values)
    assert set(tenths) == set(range(10))
    assert max(tenths.values()) < 1.6 * len(values) / 10
    assert min(tenths.values()) > 0.5 * len(values) / 10


@pytest.mark.parametrize(("mode", "low", "high"), [(Mode.GREET, 0.05, 5.2), (Mode.ANSWER, 0.02, 4.3)])
def test_delays_are_human_spread_evenly_and_within_nmap_s_patience(mode, low, high):
    delays = [p.delay_s for p in ports(world()) if p.mode is mode]
    assert_no_pile(delays, low / 0.9, high / 1.1)
    assert all(low <= jitter(d, dice) <= high for d in delays for dice in (0, 2**32 - 1))


def test_holds_are_spread_over_their_range():
    holds = [p.hold_s for p in ports(world(hold_min_s=4.0, hold_max_s=36000.0)) if p.hold is Hold.TIMED]
    assert_no_pile(holds, 4.0, 36000.0)


def test_holds_of_one_length_and_from_nothing():
    assert {round(p.hold_s, 6) for p in ports(world(hold_min_s=7.0, hold_max_s=7.0, persist_share=0), 50)} == {7.0}
    assert all(0 < p.hold_s <= 1 for p in ports(world(hold_min_s=0.0, hold_max_s=1.0, persist_share=0), 50))


def test_no_longest_hold_means_for_ever():
    assert {p.hold for p in ports(world(hold_max_s=0.0, persist_share=0))} == {Hold.FOREVER}


def test_holds_that_do_not_climb_are_told():
    with pytest.raises(ValueError, match="hold_max_s"):
        world(hold_min_s=10.0, hold_max_s=5.0)


def test_prompt_speaks_at_once_everywhere():
    dealt = ports(world(delivery="prompt", silent_share=1.0))
    assert {p.delay_s for p in dealt} == {0.0}
    assert Mode.SILENT not in {p.mode for p in dealt}


def test_an_open_world_is_silent():
    dealt = ports(world(kind="open"))
    assert {(p.identity, p.mode, p.delay_s) for p in dealt} == {(None, Mode.SILENT, 0.0)}
    assert {p.hold for p in dealt} == {Hold.TIMED, Hold.PERSIST}


def test_only_one_service():
    assert {p.identity.service for p in ports(world(only="openssh", silent_share=0.5))} == {"openssh"}
    assert {p.identity.service for p in ports(world(only="iis"), 50)} == {"iis"}


def test_a_service_that_is_not_there_is_told_with_the_nearest():
    with pytest.raises(ValueError, match=r"world.only: no service `opensh`; the nearest is `openssh`"):
        world(only="opensh")
    with pytest.raises(ValueError, match=r"world.only: no service `xyzzy`; `rawspoof signatures list` has all"):
        world(only="xyzzy")


@pytest.mark.parametrize("family", ["linux", "windows", "freebsd"])
def test_one_host_tells_one_story(family):
    dealt = [p.identity for p in ports(world(family)) if p.identity]
    assert {i.os.split("/")[0] for i in dealt} <= {"any", family} | ({"unix"} if family != "windows" else set())
    domains = {m for i in dealt if i.service == "exim" for m in [i.greet.render(0.0).split(b" ")[1]]}
    assert len(domains) <= 1


def test_a_family_that_nothing_fits_is_told_at_once():
    empty, _ = type(CATALOGUE).parse("t", "format = 1\n")
    with pytest.raises(ValueError, match="no service fits"):
        World(type(CATALOGUE)(empty), SECRET, Settings(), "linux")


@pytest.mark.parametrize("kind", ["maze", "open", "plausible"])
def test_who_is_pinned_to_a_port_is_there_in_any_world(kind):
    ssh = CATALOGUE.services["openssh"]
    pinned = Catalogue(list(CATALOGUE.services.values()), {81: ssh})
    here = World(
        pinned, SECRET, Settings(kind=kind, silent_share=1.0), "linux", load_kinds(["linux", "windows", "freebsd"])
    )
    assert here.profile(SRC, DST, 81).identity.service == "openssh"
    assert here.door(SRC, DST, 81) is Door.OPEN


def test_profiles_are_remembered_up_to_a_limit_and_dealt_the_same_again():
    here = World(CATALOGUE, SECRET, Settings(), "linux", profiles_max=10)
    first = here.profile(SRC, DST, 1)
    assert here.profile(SRC, DST, 1) is first
    for port in range(2, 12):
        here.profile(SRC, DST, port)
    assert here.profiles_evicted == 1
    again = here.profile(SRC, DST, 1)
    assert again is not first
    assert spoken(again) == spoken(first)
    assert here.profiles_evicted == 2


@given(st.floats(0.001, 1e6), st.integers(0, 2**40))
def test_jitter_stays_within_a_tenth(value, dice):
    assert 0.9 * value <= jitter(value, dice) <= 1.1 * value


def test_jitter_uses_its_whole_range():
    assert jitter(100.0, 0) == pytest.approx(90)
    assert jitter(100.0, 2**31) == pytest.approx(100)
    assert jitter(100.0, 2**32 - 1) == pytest.approx(110)


@given(st.floats(0.01, 10), st.floats(1, 1e5), st.floats(0, 1, exclude_max=True))
def test_between_stays_between(low, factor, throw):
    assert low <= between(low, low * factor, throw) <= low * factor * (1 + 1e-12)
