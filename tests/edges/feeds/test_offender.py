"""An offender is the same, whether an event told of it or the list did."""

from rawspoof.core.event import BlockAdded
from rawspoof.core.watch.blocklist import Blocked
from rawspoof.core.watch.policy import Deed
from rawspoof.edges.feeds.offender import moment, of_event, of_list

from .offenders import FOUR, SIX


def test_of_an_event_and_of_the_list():
    for one in (FOUR, SIX):
        src, dst = one.address.packed, one.target.packed
        event = BlockAdded(one.since, src, 54312, dst, one.port, one.reason, "all", one.until - one.since, one.times)
        assert of_event(event)._replace(until=one.until) == one
        assert abs(of_event(event).until - one.until) < 1e-3
        deed = Deed(one.since, src, 54312, dst, one.port, one.reason)
        block = Blocked(address=src, how="all", since=one.since, until=one.until, times=one.times, deed=deed)
        assert of_list(block) == one


def test_a_moment_is_of_milliseconds():
    assert moment(FOUR.since) == "2025-06-01T14:32:07.841Z"
