"""The list: each time lasts twice as long, ends in its turn, and what is remembered has its bounds."""

from rawspoof.core.watch.blocklist import Blocklist, Past, Settings
from rawspoof.core.watch.policy import Deed

A, B, C = (bytes([198, 51, 100, last]) for last in (1, 2, 3))
DST = bytes([192, 0, 2, 1])


def deed(at, src=A):
    return Deed(at, src, 54312, DST, 23, "tripwire")


def book(**settings):
    return Blocklist(Settings(**{"seconds": 10.0, "seconds_max": 70.0} | settings))


def blocked(made, at, src=A):
    block = made.sentence(deed(at, src), "all", at)
    made.add(block)
    return block


def test_each_time_is_twice_as_long_as_the_last_up_to_the_longest():
    made, at, lengths = book(), 1000.0, []
    for _ in range(5):
        block = blocked(made, at)
        lengths.append(block.until - block.since)
        assert made.expired(block.until - 0.1) == []
        assert made.expired(block.until) == [block]
        at = block.until + 1
    assert lengths == [10, 20, 40, 70, 70]


def test_who_kept_away_for_long_is_new_again():
    made = book()
    blocked(made, 1000.0)
    made.expired(1010.0)
    assert made.sentence(deed(1080.0), "all", 1080.0).times == 2
    assert made.sentence(deed(1080.1), "all", 1080.1).times == 1


def test_a_thousand_times_are_the_longest_time():
    made = book()
    made.recall([Past(A, 1000.0, 5000)])
    block = made.sentence(deed(1001.0), "all", 1001.0)
    assert (block.until - block.since, block.times) == (70.0, 5001)


def test_what_was_done_before_the_end_of_a_block_is_no_news():
    made = book()
    assert made.is_news(deed(1000.0))
    blocked(made, 1000.0)
    assert not made.is_news(deed(1005.0))
    made.expired(1010.0)
    assert not made.is_news(deed(1010.0))
    assert made.is_news(deed(1010.1))
    assert made.is_news(deed(1005.0, B))


def test_who_is_let_go_by_hand_begins_anew():
    made = book()
    block = blocked(made, 1000.0)
    assert made.remove(A, 1005.0) == block
    assert made.remove(A, 1005.0) is None
    assert not made.is_news(deed(1005.0))
    assert made.is_news(deed(1006.0))
    assert made.sentence(deed(1006.0), "all", 1006.0).times == 1
    assert made.expired(2000.0) == []


def test_they_end_in_their_order_and_a_longer_block_takes_the_place_of_a_shorter():
    made = book()
    short, other = blocked(made, 1000.0), blocked(made, 1001.0, B)
    longer = made.sentence(deed(1000.0), "all", 1005.0)
    made.add(longer)
    assert list(made) == [longer, other] or set(made) == {longer, other}
    assert made.get(A) == longer != short
    assert made.expired(1011.0) == [other]
    assert made.expired(1015.0) == [longer]
    assert len(made) == 0


def test_there_is_room_for_so_many_and_as_many_are_remembered():
    made = book(blocks_max=2)
    blocked(made, 1000.0)
    assert not made.full
    blocked(made, 1000.0, B)
    assert made.full
    made.expired(1010.0)
    blocked(made, 1011.0, C)
    made.expired(1021.0)
    assert [past.address for past in made.past] == [B, C]
    again = book()
    again.recall(made.past)
    assert again.sentence(deed(1022.0, B), "all", 1022.0).times == 2
