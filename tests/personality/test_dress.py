"""Packets in a personality's dress: checksums, identification, clocks, resets, odd probes."""

from collections.abc import Callable
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rawspoof.core.personality.dress import PAIRS_MAX
from rawspoof.core.wire import options
from rawspoof.core.wire.options import NONE, Option, Options
from rawspoof.core.wire.segment import ACK, CWR, ECE, FIN, PSH, RST, SYN, URG, Segment, build, parse, reply_key
from tests.peers import PERSONALITIES, T0, dress, segment

NUMBER = st.integers(0, 0xFFFFFFFF)


@given(
    st.sampled_from(PERSONALITIES), st.booleans(), st.integers(0, 255), NUMBER, NUMBER, st.integers(0, 65535),
    st.binary(max_size=33), NUMBER | st.none(), NUMBER, st.integers(0, 1 << 20),
)  # fmt: skip
def test_a_segment_is_what_build_makes(
    name: str,
    ip6: bool,
    flags: int,
    seq: int,
    ack: int,
    wnd: int,
    data: bytes,
    tsval: int | None,
    tsecr: int,
    ident: int,
) -> None:
    worn = dress(name)
    heard = segment(ACK, ip6=ip6)
    raw = worn.segment(heard.key, flags, seq, ack, wnd, data, tsval, tsecr, ident)
    stamps = b"" if tsval is None else options.build((Option(1), Option(1), Option(8, _pair(tsval, tsecr))))
    sent = parse(raw)
    wanted = Segment(
        reply_key(heard.key), 22, 40000, seq, ack, flags, wnd, 0, stamps, data, worn.personality.ttl, sent.ident,
        ip6 or worn.personality.df, (60 if ip6 else 40) + len(stamps) + len(data),
    )  # fmt: skip
    assert sent == wanted
    assert raw == build(wanted)


def _pair(tsval: int, tsecr: int) -> bytes:
    return tsval.to_bytes(4, "big") + tsecr.to_bytes(4, "big")


@pytest.mark.parametrize(("name", "ip6"), list(product(PERSONALITIES, (False, True))))
@pytest.mark.parametrize("offer", list(product((False, True), repeat=3)), ids=str)
def test_a_syn_ack_answers_the_offer(name: str, ip6: bool, offer: tuple[bool, bool, bool]) -> None:
    sack, timestamps, wscale = offer
    asked = Options(1460, 5 if wscale else None, sack, 777 if timestamps else None)
    worn = dress(name)
    sent = parse(worn.synack(segment(SYN, 0xFFFFFFFF, ip6=ip6), asked, 5000, T0))
    meant = options.parse(sent.options)
    assert (sent.flags, sent.seq, sent.ack) == (SYN | ACK, 5000, 0)
    assert (meant.sack_ok, meant.wscale is not None) == (sack, wscale)
    assert (meant.tsval is not None) == (timestamps and worn.timestamps)
    assert meant.tsecr == (777 if meant.tsval is not None else 0)
    assert meant.mss == (worn.personality.synack.mss6 if ip6 else worn.personality.synack.mss4)


@pytest.mark.parametrize(("name", "agrees"), [("linux", True), ("freebsd", True), ("windows", False)])
@pytest.mark.parametrize("flags", [SYN, SYN | ECE, SYN | CWR, SYN | ECE | CWR])
def test_ecn_is_agreed_to_when_it_is_asked_for(name: str, agrees: bool, flags: int) -> None:
    sent = parse(dress(name).synack(segment(flags), NONE, 5, T0))
    assert sent.flags == SYN | ACK | (ECE if agrees and flags == SYN | ECE | CWR else 0)


@pytest.mark.parametrize(("name", "own"), [("linux", True), ("freebsd", True), ("windows", False)])
def test_all_packets_of_an_ipv6_connection_have_one_flow_label(name: str, own: bool) -> None:
    worn = dress(name)
    first, second = segment(SYN, ip6=True), segment(SYN, ip6=True, sport=40001)
    label = parse(worn.synack(first, NONE, 5, T0)).ident
    assert parse(worn.segment(first.key, ACK, 1, 1, 1, b"", None, 0, 1)).ident == label
    assert parse(worn.reset(first)).ident == label
    assert (label != 0) == own
    assert (parse(worn.synack(second, NONE, 5, T0)).ident != label) == own


@pytest.mark.parametrize(
    ("name", "windows"),
    [
        ("linux", [64240, 502, 65160, 510, 64800, 507, 64260, 503]),
        ("freebsd", [65535, 1024] * 4),
        ("windows", [65392, 256] * 4),
    ],
)
def test_the_window_of_a_connection_is_what_its_syn_ack_offered(name: str, windows: list[int]) -> None:
    worn = dress(name)
    offers = product((False, True), repeat=3)
    assert [worn.window(segment(ACK, ip6=ip6).key, stamps, scaled) for ip6, stamps, scaled in offers] == windows


@pytest.mark.parametrize(
    ("name", "handshakes", "flows"),
    [("linux", [0, 0, 0], [8, 9, 10]), ("freebsd", [0, 0, 0], [0, 0, 0]), ("windows", [2, 3, 4], [5, 6, 7])],
)
def test_identification_is_the_systems(name: str, handshakes: list[int], flows: list[int]) -> None:
    worn = dress(name)
    syn = segment(SYN)
    assert [parse(worn.synack(syn, NONE, 5, T0)).ident for _ in range(3)] == handshakes
    assert [parse(worn.segment(syn.key, ACK, 1, 2, 3, b"", None, 0, i)).ident for i in (8, 9, 10)] == flows


def test_a_counter_of_identifications_wraps() -> None:
    worn = dress("windows", b"\xff\xfe" + bytes(30))
    assert [parse(worn.reset(segment(SYN))).ident for _ in range(3)] == [0xFFFF, 0, 1]


def test_a_clock_ticks_a_thousand_times_a_second_and_wraps() -> None:
    worn, key = dress(), segment(SYN).key
    start = worn.tsval(key, T0)
    assert (worn.tsval(key, T0 + 1.5) - start) & 0xFFFFFFFF == 1500
    assert all(0 <= worn.tsval(key, T0 + day * 86400) <= 0xFFFFFFFF for day in range(60))


@pytest.mark.parametrize(("name", "by_port"), [("linux", False), ("freebsd", True)])
def test_a_clocks_offset_belongs_to_the_pair_or_to_the_connection(name: str, by_port: bool) -> None:
    worn = dress(name)
    one, other = segment(SYN, sport=1).key, segment(SYN, sport=2).key
    assert (worn.tsval(one, T0) != worn.tsval(other, T0)) is by_port
    assert worn.tsval(one, T0) != worn.tsval(segment(SYN, sport=1, src=bytes(4)).key, T0)
    assert worn.tsval(one, T0) != dress(name, bytes(32)).tsval(one, T0)


def test_remembered_offsets_are_bounded_and_forgetting_changes_nothing() -> None:
    worn = dress("freebsd")
    keys = [segment(SYN, sport=i % 65536, dport=i // 65536).key for i in range(2 * PAIRS_MAX + 10)]
    first = [worn.tsval(key, T0) for key in keys]
    assert len(worn._offsets) <= PAIRS_MAX
    assert [worn.tsval(key, T0) for key in keys] == first


@pytest.mark.parametrize(
    ("flags", "data", "wanted"),
    [
        (SYN, b"", (RST | ACK, 0, 101)),
        (SYN, b"abc", (RST | ACK, 0, 104)),
        (FIN, b"", (RST | ACK, 0, 101)),
        (0, b"", (RST | ACK, 0, 100)),
        (ACK, b"abc", (RST, 7, 0)),
        (SYN | ACK, b"", (RST, 7, 0)),
    ],
)
def test_a_reset_has_the_form_of_rfc_9293(flags: int, data: bytes, wanted: tuple[int, int, int]) -> None:
    sent = parse(dress().reset(segment(flags, 100, 7, data)))
    assert (sent.flags, sent.seq, sent.ack) == wanted
    assert (sent.wnd, sent.options, sent.data) == (0, b"", b"")


Answers = dict[str, tuple[int, int, int] | None]
RESET: tuple[int, int, int] = (RST, 7, 0)
ODD: dict[str, Answers] = {
    "linux": {
        "null": None, "fin": None, "xmas": None, "ack": RESET, "maimon": RESET, "syn-ack": RESET, "syn-fin": None,
    },
    "windows": {
        "null": (RST | ACK, 0, 100), "fin": (RST | ACK, 0, 100), "xmas": (RST | ACK, 0, 100), "ack": RESET,
        "maimon": RESET, "syn-ack": RESET, "syn-fin": (RST | ACK, 0, 100),
    },
    "freebsd": {
        "null": None, "fin": None, "xmas": None, "ack": RESET, "maimon": RESET, "syn-ack": RESET,
        "syn-fin": (SYN | ACK, 5000, 101),
    },
}  # fmt: skip
PROBES = {
    "null": 0, "fin": FIN, "xmas": FIN | PSH | URG, "ack": ACK, "maimon": FIN | ACK, "syn-ack": SYN | ACK,
    "syn-fin": SYN | FIN | PSH | URG,
}  # fmt: skip


@pytest.mark.parametrize(("name", "probe"), list(product(ODD, PROBES)))
def test_an_odd_probe_is_answered_as_the_system_would(name: str, probe: str) -> None:
    raw = dress(name).odd(segment(PROBES[probe], 100, 7), NONE, 5000, T0)
    sent = None if raw is None else parse(raw)
    assert (sent and (sent.flags, sent.seq, sent.ack)) == ODD[name][probe]


@pytest.mark.parametrize("name", PERSONALITIES)
def test_no_reset_is_answered_whatever_comes_with_it(name: str) -> None:
    worn = dress(name)
    answers: Callable[[int], bytes | None] = lambda flags: worn.odd(segment(flags | RST), NONE, 5, T0)  # noqa: E731
    assert [flags for flags in range(256) if answers(flags) is not None] == []
