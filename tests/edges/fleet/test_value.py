"""A block at the broker: the same from an event and from the list, and nothing but what it should be."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from rawspoof.core.watch.blocklist import Blocked
from rawspoof.core.watch.policy import Deed
from rawspoof.edges.fleet import value
from tests.edges.sinks.samples import AT, BLOCKED, DST, SRC

SUBJECT = "$KV.RAWSPOOF_BLOCKS.north.c633642a"
DATA = value.of_event(BLOCKED)


def test_it_is_what_the_hub_was_told_to_expect():
    assert value.subject("north", SRC) == SUBJECT
    assert json.loads(DATA) == {
        "address": "198.51.100.42",
        "since": AT,
        "until": round(AT + 60, 3),
        "reason": "tripwire",
        "how": "all",
        "times": 2,
        "port": 23,
    }


def test_event_and_list_say_the_same():
    deed = Deed(AT - 1, SRC, 54312, DST, 23, "tripwire")
    block = Blocked(address=SRC, how="all", since=AT, until=AT + 60.0, times=2, deed=deed)
    assert value.of_list(block) == DATA


def test_it_is_read_again():
    shared = value.decode(SUBJECT, DATA)
    assert (shared.address, shared.since, shared.reason, shared.times, shared.port, shared.by) == (
        SRC, AT, "tripwire", 2, 23, "north"
    )  # fmt: skip


def test_many_times_are_told_as_many_as_count():
    assert value.decode(SUBJECT, value.of_event(replace(BLOCKED, times=5000))).times == 64


@pytest.mark.parametrize(
    "subject",
    [
        "",
        "$KV.RAWSPOOF_BLOCKS.north",
        "$KV.RAWSPOOF_BLOCKS.north.c633642",
        "$KV.RAWSPOOF_BLOCKS.north.C633642A",
        "$KV.RAWSPOOF_BLOCKS.north.south.c633642a",
        "$KV.RAWSPOOF_BLOCKS..c633642a",
        f"$KV.RAWSPOOF_BLOCKS.{'x' * 65}.c633642a",
        SUBJECT + "\n",
        "$KV.RAWSPOOF_BLOCKS.north.01010101",
    ],
)
def test_no_key_or_that_of_another_address(subject):
    with pytest.raises(ValueError, match=r"key|stands where"):
        value.decode(subject, DATA)


@pytest.mark.parametrize(
    "wrong",
    [
        {"address": "198.51.100.43"},
        {"address": "x" * 5000},
        {"address": 7},
        {"until": 0.0},
        {"until": 1.0},
        {"since": "now"},
        {"reason": "hearsay"},
        {"times": 65},
        {"port": 70000},
    ],
)
def test_what_no_sensor_writes_is_refused(wrong):
    with pytest.raises(ValueError, match=r"."):
        value.decode(SUBJECT, json.dumps(json.loads(DATA) | wrong).encode())


@given(st.binary(max_size=200))
def test_noise_is_refused(noise):
    with pytest.raises((ValueError, RecursionError)):
        value.decode(SUBJECT, noise)
