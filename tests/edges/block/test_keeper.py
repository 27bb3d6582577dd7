"""List, firewall and events in step: whoever asks, and whatever fails."""

import msgspec
import pytest

from rawspoof.config.model import Block, Config, Fleet, Sensor
from rawspoof.core.event import BlockAdded, BlockRefused, BlockRemoved
from rawspoof.core.watch.policy import Deed
from rawspoof.edges.block import keeper as room
from rawspoof.edges.block import shared
from rawspoof.edges.block.keeper import DEEDS_PER_S_MAX, NO_ROOM, SHARED_PER_S_MAX, Keeper, takes
from rawspoof.edges.block.shelf import Shelf, packed

A, B, C = (packed(f"198.51.100.{last}") for last in (42, 43, 44))
DST = packed("192.0.2.1")
T0 = 1748788327.0


class Clock:
    def __init__(self) -> None:
        self.at = T0

    def __call__(self) -> float:
        return self.at


class FakeWall:
    """A firewall with room for so many."""

    def __init__(self, room: int = 9999, error: OSError | None = None) -> None:
        self.room, self.error = room, error
        self.held: dict[tuple[bytes, str], float] = {}

    def block(self, address, seconds, how):
        if self.error:
            raise self.error
        if len(self.held) >= self.room:
            return False
        self.held[address, how] = seconds
        return True

    def unblock(self, address, how):
        self.held.pop((address, how), None)

    def restore(self, blocks):
        return [address for address, seconds, how in blocks if not self.block(address, seconds, how)]


class Case:
    def __init__(self, shelf: Shelf | None = None, wall: FakeWall | None = None, firewall=True, **block) -> None:
        settings = Block(**{"enabled": True, "seconds": 10.0, "seconds_max": 100.0} | block)
        self.never: dict[bytes, str] = {}
        self.clock, self.wall = Clock(), wall or FakeWall()
        fleet = Fleet(url="nats://192.0.2.4")
        config = Config(block=settings, sensor=Sensor(firewall=firewall), fleet=fleet)
        self.keeper = Keeper(config, shelf, lambda address, at: self.never.get(address, ""), self.clock)

    def begin(self) -> "Case":
        self.keeper.restore(self.wall)
        return self

    def deed(self, src=A, reason="ports", **said) -> None:
        usual = {"at": self.clock.at, "src": src, "sport": 54312, "dst": DST, "dport": 23, "reason": reason}
        self.keeper.hear(msgspec.msgpack.encode(Deed(**usual | said)))

    def share(self, address=A, seconds=50.0, ago=5.0, by="north", **said) -> None:
        """Another sensor's block; 0 seconds: it is gone."""
        at = self.clock.at
        usual = {"address": address, "since": at - ago, "until": at + seconds if seconds else 0.0}
        usual |= {"reason": "tripwire", "times": 2, "port": 23, "by": by}
        self.keeper.hear(shared.encode(shared.Shared(**usual | said)))

    def told(self) -> list[tuple[str, bytes, str]]:
        """Kind, source and the last word of each event since the last time."""
        last = {BlockAdded: "reason", BlockRemoved: "ended", BlockRefused: "because"}
        said = [(type(e).__name__[5:].lower(), e.src, getattr(e, last[type(e)])) for e in self.keeper.events]
        self.keeper.events.clear()
        return said


def test_a_deed_brings_a_block_which_ends_in_time_and_comes_back_twice_as_long():
    case = Case().begin()
    case.deed()
    assert case.keeper.events == [BlockAdded(T0, A, 54312, DST, 23, "ports", "all", 10.0, 1)]
    assert case.told() == [("added", A, "ports")]
    assert case.wall.held == {(A, "all"): 10.0}
    case.deed()
    case.clock.at += 9.9
    case.keeper.turn()
    assert case.told() == []
    case.clock.at += 0.1
    case.keeper.turn()
    assert case.told() == [("removed", A, "expired")]
    case.clock.at += 1
    case.deed()
    assert case.wall.held == {(A, "all"): 20.0}


@pytest.mark.parametrize("how", ["services", "tarpit"])
def test_the_kind_of_block_is_the_configurations(how):
    case = Case(kind=how).begin()
    case.deed()
    assert list(case.wall.held) == [(A, how)]


@pytest.mark.parametrize("settings", [{"kind": "none"}, {"firewall": False}])
def test_where_nothing_is_dropped_blocks_are_told_all_the_same(settings):
    case = Case(**settings).begin()
    case.deed()
    assert case.wall.held == {}
    (event,) = case.keeper.events
    assert (type(event), event.how) == (BlockAdded, "none")
    assert case.keeper.release(A)


def test_who_is_never_blocked_is_not_and_that_is_told_once_a_cause_and_while():
    case = Case().begin()
    case.never[A] = "a gateway of this machine"
    for _ in range(3):
        case.deed()
    assert case.told() == [("refused", A, "a gateway of this machine")]
    case.never[A] = "listed in block.never"
    case.deed()
    assert case.told() == [("refused", A, "listed in block.never")]
    case.clock.at += 10
    case.deed()
    assert case.told() == [("refused", A, "listed in block.never")]
    assert case.keeper.order(A, 5.0) == "it is listed in block.never"
    del case.never[A]
    case.deed()
    assert case.told() == [("added", A, "ports")]


def test_a_dry_run_tells_what_would_be_and_when_it_would_be_again():
    case = Case(dry_run=True).begin()
    case.deed()
    case.deed()
    assert case.keeper.events == [BlockRefused(T0, A, 54312, DST, 23, "ports", "all", 10.0, 1, "dry run")]
    case.clock.at += 11
    case.keeper.turn()
    case.deed()
    assert [(e.seconds, e.times) for e in case.keeper.events] == [(10.0, 1), (20.0, 2)]
    assert case.wall.held == {}
    assert len(case.keeper.blocks) == 0
    # A person's order is not the policy's doing.
    assert case.keeper.order(B, 5.0) == ""
    assert (B, "all") in case.wall.held


@pytest.mark.parametrize(
    "said",
    [
        {"src": b""},
        {"src": A + A},
        {"dst": packed("2001:db8::1")},
        {"sport": -1},
        {"dport": 65536},
        {"reason": "operator"},
        {"reason": "spite"},
        {"at": float("nan")},
        {"at": float("inf")},
        {"at": 0.0},
    ],
)
def test_what_is_no_deed_is_counted(said, caplog):
    case = Case().begin()
    case.deed(**said)
    assert case.told() == []
    assert "malformed messages of the collector: 1" in caplog.text


@pytest.mark.parametrize("message", [b"", b"\xc0", b"x" * 5000, b"\x91" * 5000, msgspec.msgpack.encode([1.0, "A"])])
def test_so_is_what_is_no_message(message, caplog):
    case = Case().begin()
    case.keeper.hear(message)
    assert case.told() == []
    assert "malformed messages of the collector: 1" in caplog.text


def test_deeds_are_looked_at_so_many_a_second(caplog):
    case = Case().begin()
    for number in range(DEEDS_PER_S_MAX + 5):
        case.deed(src=packed(f"192.0.2.{number}"))
    assert len(case.told()) == DEEDS_PER_S_MAX
    assert "faster than they can be looked at: 1" in caplog.text
    case.clock.at += 1
    case.deed()
    assert case.told() == [("added", A, "ports")]


def test_beyond_the_room_there_is_on_the_list_or_in_the_kernel_nobody_is_blocked():
    case = Case(blocks_max=1).begin()
    case.deed()
    case.deed(B)
    assert case.told() == [("added", A, "ports"), ("refused", B, NO_ROOM)]
    assert case.keeper.order(C, 5.0) == f"{NO_ROOM} (1)"
    case = Case(wall=FakeWall(room=0)).begin()
    case.deed()
    assert case.told() == [("refused", A, NO_ROOM)]
    assert len(case.keeper.blocks) == 0


def test_a_firewall_that_refuses_is_told_and_nothing_is_on_the_list(caplog):
    case = Case(wall=FakeWall(error=OSError(1, "Operation not permitted"))).begin()
    case.deed()
    assert case.told() == [("refused", A, "the firewall refuses: Operation not permitted")]
    assert len(case.keeper.blocks) == 0
    assert "the firewall refuses: 1 so far" in caplog.text


def test_the_refusals_that_are_remembered_are_limited(monkeypatch):
    monkeypatch.setattr(room, "REFUSALS_MAX", 1)
    case = Case().begin()
    case.never |= {A: "so", B: "so"}
    for src in (A, B, A):
        case.deed(src)
    assert [src for _, src, _ in case.told()] == [A, B, A]


def test_a_person_blocks_and_lets_go():
    case = Case().begin()
    assert case.keeper.order(A, 0.0) == ""
    assert case.keeper.order(A, 77.0) == ""
    assert case.wall.held == {(A, "all"): 77.0}
    case.deed()
    assert case.keeper.release(A)
    assert not case.keeper.release(A)
    assert case.wall.held == {}
    assert case.told() == [("added", A, "operator"), ("added", A, "operator"), ("removed", A, "removed")]
    assert [b.address for b in case.keeper.blocks] == []


def test_other_settings_hold_from_now_on_and_for_whom_they_spare():
    case = Case().begin()
    case.deed(A)
    case.deed(B)
    case.told()
    config = Config(block=Block(enabled=True, seconds=40.0, seconds_max=40.0, blocks_max=2, kind="tarpit"))
    case.keeper.settle(config, lambda address, at: "allow-listed (sensor.allow)" if address == B else "")
    assert case.told() == [("removed", B, "spared")]
    assert list(case.wall.held) == [(A, "all")]
    case.deed(C)
    assert case.wall.held[C, "tarpit"] == 40.0
    case.deed(packed("198.51.100.45"))
    assert case.told()[-1][2] == NO_ROOM


def kept(shelf: Shelf, at: float, **settings) -> Case:
    case = Case(shelf, **settings)
    case.clock.at = at
    return case


def test_blocks_outlive_the_process_with_the_time_that_is_left(tmp_path):
    with Shelf(tmp_path) as shelf:
        case = Case(shelf).begin()
        case.deed()
        case.deed(B)
        case.keeper.turn()
        later = Case(shelf)
        later.clock.at = T0 + 4
        later.begin()
        assert later.wall.held == {(A, "all"): 6.0, (B, "all"): 6.0}
        later.never[B] = "allow-listed (sensor.allow)"
        later.begin()
        assert later.told() == [("removed", B, "spared")]
        assert later.wall.held == {(A, "all"): 6.0}
        later.clock.at = T0 + 10
        later.keeper.turn()
        assert later.told() == [("removed", A, "expired")]
        later.keeper.save()
        last = Case(shelf).begin()
        assert last.wall.held == {}
        last.clock.at = T0 + 11
        last.deed()
        assert last.wall.held == {(A, "all"): 20.0}


def test_those_for_whom_the_kernel_has_no_room_any_more_are_let_go(tmp_path):
    with Shelf(tmp_path) as shelf:
        case = Case(shelf).begin()
        case.deed()
        case.deed(B)
        case.keeper.save()
        small = Case(shelf, FakeWall(room=1)).begin()
        assert small.told() == [("removed", B, "spared")]


def test_the_list_is_written_at_most_once_a_second_and_a_full_disk_is_told(tmp_path, caplog):
    with Shelf(tmp_path / "blocks") as shelf:
        case = Case(shelf).begin()
        case.deed()
        case.keeper.turn()
        case.deed(B)
        case.keeper.turn()
        assert len(list(Case(shelf).keeper.blocks)) == 1
        case.clock.at += 1
        case.keeper.turn()
        assert len(list(Case(shelf).keeper.blocks)) == 2
        (tmp_path / "blocks" / ".list.json.new").mkdir()
        case.deed(C)
        case.keeper.save()
        assert "the blocks are not kept (Is a directory)" in caplog.text
        (tmp_path / "blocks" / ".list.json.new").rmdir()
        case.keeper.save()
        assert len(list(Case(shelf).keeper.blocks)) == 3


def test_another_sensors_block_lasts_as_long_as_there_and_is_told_as_its_own():
    case = Case().begin()
    case.share()
    assert case.wall.held == {(A, "all"): 50.0}
    (event,) = case.keeper.events
    assert event == BlockAdded(T0, A, 0, bytes(4), 23, "tripwire", "all", 55.0, 2, "north")
    case.told()
    # It is heard again after each outage of the broker, and what the source does meanwhile is no news.
    case.share()
    case.deed()
    assert case.told() == []
    case.clock.at += 50
    case.keeper.turn()
    assert case.told() == [("removed", A, "expired")]
    # The next one is longer here too.
    case.clock.at += 1
    case.deed()
    assert case.wall.held == {(A, "all"): 40.0}


def test_no_other_sensor_blocks_for_longer_than_we_would():
    case = Case().begin()
    case.share(seconds=1e6)
    assert case.wall.held == {(A, "all"): 100.0}


def test_our_own_blocks_are_ours():
    case = Case().begin()
    case.deed()
    case.share()
    case.share(seconds=0)
    assert case.wall.held == {(A, "all"): 10.0}
    assert case.told() == [("added", A, "ports")]


def test_what_another_lets_go_is_let_go_and_may_come_back():
    case = Case().begin()
    case.share()
    case.share(by="west", seconds=80.0)
    assert case.wall.held == {(A, "all"): 80.0}
    case.share(seconds=0)
    assert case.wall.held == {}
    assert case.told()[-1] == ("removed", A, "removed")
    case.share(seconds=0)
    assert case.told() == []
    # That sensor's clock may be slow.
    case.share(ago=30.0)
    assert case.wall.held == {(A, "all"): 50.0}


def test_whom_a_person_here_let_in_stays_in_unless_he_does_it_again():
    case = Case().begin()
    case.share()
    case.keeper.release(A)
    case.share()
    assert case.wall.held == {}
    case.share(ago=-1.0, seconds=60.0)
    assert case.wall.held == {(A, "all"): 60.0}


def test_another_sensor_is_no_surer_than_ourselves_whom_never_to_block():
    case = Case().begin()
    case.never[A] = "a gateway of this machine"
    case.share()
    case.share()
    assert case.wall.held == {}
    assert case.told() == [("refused", A, "a gateway of this machine")]


def test_others_fill_half_of_the_list_at_most():
    case = Case(blocks_max=4).begin()
    for number in range(4):
        case.share(bytes([10, 0, 0, number]))
    assert [kind for kind, *_ in case.told()] == ["added", "added", "refused", "refused"]
    case.deed(A)
    case.deed(B)
    assert [kind for kind, *_ in case.told()] == ["added", "added"]
    case.clock.at += 51
    case.keeper.turn()
    case.share(C)
    assert case.told()[-1] == ("added", C, "tripwire")


def test_a_dry_run_only_tells_of_others_too():
    case = Case(dry_run=True).begin()
    case.share()
    case.share()
    assert case.wall.held == {}
    assert case.told() == [("refused", A, "dry run")]


@pytest.mark.parametrize(
    ("fleet", "enabled", "answer"),
    [
        (Fleet(url="nats://b"), True, True),
        (Fleet(url="nats://b", blocks="take"), True, True),
        (Fleet(url="nats://b", blocks="send"), True, False),
        (Fleet(url="nats://b", blocks="off"), True, False),
        (Fleet(url="nats://b"), False, False),
        (Fleet(), True, False),
    ],
)
def test_who_takes_others_blocks(fleet, enabled, answer):
    assert takes(Config(fleet=fleet, block=Block(enabled=enabled))) is answer


def test_who_does_not_take_them_takes_them_from_nobody(caplog):
    case = Case(enabled=False).begin()
    case.share()
    assert case.wall.held == {}
    assert "malformed messages of the collector: 1" in caplog.text


def test_a_flood_of_others_leaves_room_for_our_own(caplog):
    case = Case().begin()
    for number in range(SHARED_PER_S_MAX + 5):
        case.share(bytes([10, 0, 0, number]))
    case.deed()
    assert len(case.wall.held) == SHARED_PER_S_MAX + 1
    assert "other sensors' told faster" in caplog.text
    case.share(address=b"12345")
    case.keeper.hear(shared.MARK)
    assert "malformed messages of the collector" not in caplog.text
    case.clock.at += 1
    case.share(address=b"12345")
    case.keeper.hear(shared.MARK)
    assert "malformed messages of the collector: 1" in caplog.text


def test_others_are_still_others_after_a_restart(tmp_path):
    with Shelf(tmp_path) as shelf:
        case = Case(shelf).begin()
        case.share()
        case.keeper.save()
        again = Case(shelf).begin()
        assert [block.by for block in again.keeper.blocks] == ["north"]
        again.share(seconds=0)
        assert again.wall.held == {}


def test_the_event_of_our_own_block_says_when_it_began():
    case = Case().begin()
    moments = iter(T0 + n for n in range(1000))
    case.keeper._now = lambda: next(moments)
    case.deed()
    case.share(B)
    (block, other) = case.keeper.blocks
    ours, theirs = (event.at for event in case.keeper.events)
    assert ours == block.since
    assert theirs > other.since
