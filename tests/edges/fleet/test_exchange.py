"""What goes to the broker and what comes of what it says, over deaths of either side."""

import pytest
from msgspec.structs import replace

from rawspoof.core.event import BlockAdded, BlockRemoved
from rawspoof.core.watch.blocklist import Blocked
from rawspoof.core.watch.policy import Deed
from rawspoof.edges.block.shared import Shared
from rawspoof.edges.fleet import value
from rawspoof.edges.fleet.exchange import CHANGES_MAX, Exchange
from rawspoof.edges.sinks.nats_client import Message

T0 = 1748788327.0
A, B = bytes([198, 51, 100, 42]), bytes([198, 51, 100, 43])
DST = bytes([192, 0, 2, 1])


def added(address=A, at=T0, seconds=600.0, by=""):
    return BlockAdded(at, address, 1, DST, 23, "tripwire", "all", seconds, 1, by)


def removed(address=A, ended="removed", by=""):
    return BlockRemoved(T0 + 9, address, 1, DST, 23, "tripwire", "all", 600.0, 1, ended, by)


def blocked(address=A, by="", since=T0):
    deed = Deed(since, address, 1, DST, 23, "tripwire")
    return Blocked(address=address, how="all", since=since, until=since + 600, times=1, deed=deed, by=by)


def key(sensor="north", address=A, event=None):
    return Message(value.subject(sensor, address), "", b"", value.of_event(event or added(address)))


def deletion(sensor="north", address=A):
    return Message(value.subject(sensor, address), "", b"NATS/1.0\r\nKV-Operation: DEL\r\n\r\n", b"")


def exchange(*blocks, keys_max=100, send=True, take=True, keys=()):
    """One that has heard what there is."""
    made = Exchange("here", blocks, keys_max, send, take)
    made.begin()
    for message in keys:
        made.heard(message)
    made.loaded()
    return made


def sent(made, now=T0):
    """The changes as subjects' ends and whether there is a value; the broker takes them."""
    changes = made.changes(now)
    made.changed(changes)
    return [(request.subject.rpartition(".")[2], bool(request.data)) for _, request in changes]


def asked(made, now=T0):
    """What the supervisor is asked for: who, by whom, and whether to let go."""
    found = []
    while (shared := made.ask(now)) is not None:
        found.append((shared.address, shared.by, bool(shared.until)))
    return found


def test_our_own_blocks_are_told_once_and_taken_away_when_a_person_does():
    made = exchange()
    made.told(added())
    assert sent(made) == [(A.hex(), True)]
    assert sent(made) == []
    made.told(removed())
    assert sent(made) == [(A.hex(), False)]
    assert sent(made) == []


def test_what_is_over_by_itself_is_over_there_too():
    made = exchange()
    made.told(added())
    sent(made)
    made.told(removed(ended="expired"))
    assert sent(made, T0 + 601) == []


def test_nothing_is_said_before_all_was_heard():
    made = Exchange("here", [blocked()], 100, True, True)
    made.begin()
    assert sent(made) == []
    made.heard(key("here"))
    made.loaded()
    # It had that already, from an earlier life of ours.
    assert sent(made) == []


def test_after_an_outage_only_the_difference_is_told():
    made = exchange(blocked(A))
    assert sent(made) == [(A.hex(), True)]
    made.begin()
    made.told(added(B))
    made.told(removed(A))
    assert sent(made) == []
    made.heard(key("here", A))
    made.loaded()
    assert sorted(sent(made)) == [(A.hex(), False), (B.hex(), True)]


def test_keys_of_ours_that_are_over_or_that_we_never_wrote():
    forged = Message(value.subject("here", B), "", b"", b"\xff")
    made = exchange(keys=[key("here", A, added(at=T0 - 1000)), forged])
    assert sent(made) == [(B.hex(), False)]


def test_the_others_blocks_are_asked_for_once_however_often_they_are_heard():
    made = exchange(keys=[key()])
    assert asked(made) == [(A, "north", True)]
    made.heard(key())
    made.begin()
    made.heard(key())
    made.loaded()
    assert asked(made) == []
    # What is taken is not told on.
    made.told(added(by="north"))
    assert sent(made) == []


def test_and_let_go_when_they_are_taken_away():
    made = exchange(keys=[key()])
    asked(made)
    made.heard(deletion())
    assert asked(made) == [(A, "north", False)]
    made.heard(deletion())
    assert asked(made) == []


def test_also_when_that_happened_while_we_were_away():
    made = exchange(blocked(by="north"), keys=[deletion()])
    assert asked(made) == [(A, "north", False)]
    assert sent(made) == []


def test_what_is_in_force_from_an_earlier_life_is_not_asked_for_again():
    made = exchange(blocked(by="north"), keys=[key()])
    assert asked(made) == []


def test_of_two_sensors_the_one_that_lasts_longer_counts_and_the_other_when_it_is_gone():
    made = exchange(keys=[key("north"), key("west", event=added(seconds=900.0))])
    assert asked(made) == [(A, "west", True)]
    made.heard(deletion("west"))
    assert asked(made) == [(A, "north", True)]
    made.heard(deletion("north"))
    assert asked(made) == [(A, "north", False)]


def test_when_our_own_is_over_and_anothers_is_not():
    made = exchange(keys=[key(event=added(seconds=900.0))])
    asked(made)
    made.told(removed(ended="expired"))
    assert asked(made, T0 + 601) == [(A, "north", True)]
    # A person's word counts for longer than that.
    made.told(removed(by="north"))
    assert asked(made, T0 + 602) == []


def test_what_is_over_is_not_asked_for_and_forgotten():
    made = exchange(keys=[key()], keys_max=1)
    assert asked(made, T0 + 601) == []
    made.heard(key(address=B))
    assert made.beyond.count == 1
    made.forget(T0 + 601)
    made.heard(key(address=B))
    assert asked(made, T0) == [(B, "north", True)]


def test_a_supervisor_without_room_is_asked_again():
    made = exchange(keys=[key()])
    shared = made.ask(T0)
    made.again(shared)
    assert made.ask(T0) == shared
    made.heard(deletion())
    gone = made.ask(T0)
    made.again(gone)
    assert replace(made.ask(T0), since=gone.since) == gone
    assert asked(made) == []


def test_there_is_an_end_to_what_is_kept():
    many = [bytes([10, 0, n >> 8, n & 255]) for n in range(300)]
    made = exchange(keys_max=100, keys=[key("north", one) for one in many] + [key("here", one) for one in many])
    assert made.beyond.count == 400
    assert len(asked(made)) == 100


def test_many_changes_come_in_parts():
    many = [bytes([10, 0, n >> 8, n & 255]) for n in range(1000)]
    made = exchange(*(blocked(one) for one in many), keys_max=1000, keys=[key("here", one) for one in many[:600]])
    parts = []
    while part := sent(made):
        parts.append(len(part))
    assert sum(parts) == 400
    assert max(parts) <= CHANGES_MAX


def test_what_was_not_taken_is_told_after_the_next_beginning():
    made = exchange(blocked())
    assert len(made.changes(T0)) == 1
    assert made.changes(T0) == []
    made.begin()
    made.loaded()
    assert sent(made) == [(A.hex(), True)]


@pytest.mark.parametrize(
    "message",
    [
        Message("rawspoof.north.session.open", "", b"", b""),
        Message(value.subject("north", A), "", b"", b"{}"),
        key()._replace(headers=b"NATS/1.0\r\nNats-Stream: RAWSPOOF\r\n\r\n"),
        Message(value.subject("north", A), "", b"", b"[" * 1000),
        Message(value.subject("north", A), "", b"", value.of_event(added(B))),
    ],
)
def test_what_is_no_block_is_counted(message):
    made = exchange(keys=[message])
    assert made.malformed.count == 1
    assert asked(made) == []


def test_who_does_not_take_takes_nothing_and_who_does_not_send_sends_nothing():
    assert asked(exchange(keys=[key()], take=False)) == []
    silent = exchange(blocked(B), send=False, keys=[key("here", B)])
    silent.told(added())
    assert sent(silent) == []


def test_an_echo_of_ours_changes_nothing():
    made = exchange()
    made.told(added())
    sent(made)
    made.told(added(at=T0 + 5))
    assert sent(made) == [(A.hex(), True)]
    made.heard(key("here"))
    assert sent(made) == []


def test_what_is_asked_says_all_of_the_block():
    (shared,) = [exchange(keys=[key()]).ask(T0)]
    assert shared == Shared(A, T0, T0 + 600, "tripwire", 1, 23, "north")
