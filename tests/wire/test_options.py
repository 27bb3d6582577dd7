"""TCP options as items and as meaning."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rawspoof.core.wire import options
from rawspoof.core.wire.options import NONE, Option, Options

PLAIN = st.sampled_from([Option(1), Option(2, b"\x05\xb4"), Option(3, b"\x07"), Option(4), Option(8, bytes(range(8)))])
UNKNOWN = st.builds(Option, st.integers(5, 255), st.binary(max_size=6))
LISTS = st.lists(PLAIN | UNKNOWN, max_size=6).map(tuple)


def size(items: tuple[Option, ...]) -> int:
    return sum(1 if item.kind < 2 else 2 + len(item.data) for item in items)


@given(LISTS.filter(lambda items: size(items) <= 40))
def test_items_are_what_was_built(items: tuple[Option, ...]) -> None:
    raw = options.build(items)
    assert len(raw) % 4 == 0
    padding = (Option(options.EOL),) if len(raw) > size(items) else ()
    assert options.items(raw) == items + padding


@given(st.lists(UNKNOWN, min_size=7, max_size=9).map(tuple), st.binary(min_size=30, max_size=40))
def test_more_than_a_header_holds_is_refused(items: tuple[Option, ...], data: bytes) -> None:
    with pytest.raises(ValueError, match="a header holds 40"):
        options.build((*items, Option(200, data)))


@given(st.binary(max_size=40))
def test_any_bytes_mean_something_and_both_floors_agree(raw: bytes) -> None:
    meant = options.parse(raw)
    items = options.items(raw)
    assert meant.sack_ok == any(item == Option(4) for item in items)
    assert (meant.mss is not None) == any(item.kind == 2 and len(item.data) == 2 for item in items)
    assert (meant.tsval is not None) == any(item.kind == 8 and len(item.data) == 8 for item in items)
    assert (meant.wscale is not None) == any(item.kind == 3 and len(item.data) == 1 for item in items)


MEANINGS = {
    "none": ("", NONE),
    "mss": ("020405b4", Options(mss=1460)),
    "linux": ("020405b40402080a000000640000000701030307", Options(1460, 7, True, 100, 7)),
    "aligned": ("0101080a0000006400000007", Options(tsval=100, tsecr=7)),
    "shift 16 counts as 14": ("01030310", Options(wscale=14)),
    "after the end": ("00020405b4", NONE),
    "mss of one byte": ("02030500", NONE),
    "mss of three bytes": ("020405b40205000000", Options(mss=1460)),
    "experiment before mss": ("fd0612345678020405b4", Options(mss=1460)),
    "nop": ("01", NONE),
    "cut": ("0204", NONE),
    "length zero": ("0200020405b4", NONE),
}


@pytest.mark.parametrize(("raw", "meant"), MEANINGS.values(), ids=MEANINGS)
def test_meaning(raw: str, meant: Options) -> None:
    assert options.parse(bytes.fromhex(raw)) == meant


@pytest.mark.parametrize("kind", [options.EXPERIMENT_1, options.EXPERIMENT_2, 34, 69, 5])
def test_an_unknown_option_is_kept_as_bytes(kind: int) -> None:
    item = Option(kind, b"\x00\x01ab")
    assert options.items(options.build((item, Option(1)))) == (item, Option(1), Option(0))


@pytest.mark.parametrize("raw", ["0201", "0501", "fd", "080a00", "0300", "01fe0000"])
def test_items_end_at_an_impossible_length(raw: str) -> None:
    assert [item.kind for item in options.items(bytes.fromhex(raw))] in ([], [1])
