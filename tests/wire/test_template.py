"""A stamped template is the packet that would have been built."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rawspoof.core.wire import options
from rawspoof.core.wire.options import Option
from rawspoof.core.wire.segment import ACK, ECE, SYN, Malformed, Segment, build, key_of, parse, reply_key
from rawspoof.core.wire.template import Template, with_ece
from tests.peers import segment

NUMBER = st.integers(0, 0xFFFFFFFF)
LAYOUTS = {
    "bare": (),
    "mss": (Option(2, b"\x05\xb4"),),
    "linux": (Option(2, b"\x05\xb4"), Option(4), Option(8, bytes(8)), Option(1), Option(3, b"\7")),
    "timestamps-last": (Option(1), Option(1), Option(8, bytes(8))),
    "unaligned": (Option(3, b"\7"), Option(1), Option(8, bytes(8))),
}


def blank(layout: tuple[Option, ...], ip6: bool) -> Segment:
    """A SYN-ACK whose changing fields are zero."""
    raw = options.build(layout)
    empty = bytes(36 if ip6 else 12)
    return Segment(empty, 0, 0, 0, 0, SYN | ACK, 65160, 0, raw, b"", 64, 0, True, (60 if ip6 else 40) + len(raw))


@pytest.mark.parametrize("ip6", [False, True])
@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
@given(st.data())
def test_a_stamp_is_what_build_makes(layout: tuple[Option, ...], ip6: bool, data: st.DataObject) -> None:
    size = 16 if ip6 else 4
    src, dst = data.draw(st.binary(min_size=size, max_size=size)), data.draw(st.binary(min_size=size, max_size=size))
    sport, dport, ident = (data.draw(st.integers(0, 65535)) for _ in range(3))
    seq, ack, tsval, tsecr = (data.draw(NUMBER) for _ in range(4))
    key = key_of(src, dst, sport, dport)
    stamps = tsval.to_bytes(4, "big") + tsecr.to_bytes(4, "big")
    dated = tuple(Option(8, stamps) if item.kind == 8 else item for item in layout)
    wanted = blank(layout, ip6)._replace(
        key=reply_key(key), sport=dport, dport=sport, seq=seq, ack=ack, options=options.build(dated),
        ident=ident,
    )  # fmt: skip
    template = Template(build(blank(layout, ip6)))
    assert template.timestamps == any(item.kind == 8 for item in layout)
    if not template.timestamps:
        tsval = tsecr = 0
    assert template.stamp(key, seq, ack, tsval, tsecr, ident) == build(wanted)


@pytest.mark.parametrize("ip6", [False, True])
@given(st.integers(0, 65535))
def test_ece_is_added_with_its_checksum(ip6: bool, window: int) -> None:
    plain = blank(LAYOUTS["linux"], ip6)._replace(wnd=window)
    assert with_ece(build(plain)) == build(plain._replace(flags=SYN | ACK | ECE))


@pytest.mark.parametrize("change", [{"seq": 1}, {"ack": 1}, {"sport": 1, "key": bytes(9) + b"\1\0\0"}])
def test_a_template_whose_fields_are_filled_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(Malformed, match="zero"):
        Template(build(blank((), False)._replace(**change)))


def test_timestamps_on_an_odd_place_are_refused() -> None:
    with pytest.raises(Malformed, match="even"):
        Template(build(blank((Option(1), Option(8, bytes(8))), False)))


def test_a_template_is_whole() -> None:
    with pytest.raises(Malformed):
        Template(build(segment(SYN | ACK))[:39])
    assert parse(Template(build(blank((), False))).raw).flags == SYN | ACK
