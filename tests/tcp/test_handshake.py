"""Cookies: what proves a handshake, and what does not."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rawspoof.core.tcp.handshake import (
    ERA_S,
    MSS_CLASSES,
    MSS_DEFAULT,
    SENT_MAX,
    SHIFT_CLASSES,
    SLOT_S,
    Cookies,
    Proof,
    Recent,
)
from rawspoof.core.tcp.seqnum import MASK, add
from rawspoof.core.wire.options import NONE, Options
from rawspoof.core.wire.segment import ACK, SYN
from tests.peers import SECRET, T0, segment

NUMBER = st.integers(0, MASK)
COOKIES = Cookies(SECRET)
FULL = Options(mss=1460, wscale=7)


def iss_for(irs: int = 1000, options: Options = FULL, at: float = T0, **fields: int) -> int:
    return COOKIES.iss(segment(SYN, irs, **fields), options, at)[0]


def proof(iss: int, seq: int = 1001, at: float = T0, sent: int = 0, data: bytes = b"", **fields: int) -> Proof | None:
    """The proof in an ACK of this ISS that covers `sent` octets, the one with that number if there are two."""
    found = list(COOKIES.proofs(segment(ACK, seq, iss + 1 + sent, data, **fields), at))
    return next((p for p in found if p.sent == sent), None)


@given(NUMBER, st.floats(T0, T0 + 1e6), st.floats(0, SLOT_S), st.integers(1, 65535))
def test_an_ack_in_time_completes_the_handshake(irs: int, at: float, later_s: float, sport: int) -> None:
    iss = iss_for(irs, at=at, sport=sport)
    found = proof(iss, add(irs, 1), at + later_s, sport=sport)
    assert found is not None
    assert found.fresh
    assert (found.iss, found.rcv_nxt, found.sent) == (iss, add(irs, 1), 0)


def test_two_slots_are_accepted_and_a_third_is_not() -> None:
    iss = iss_for(at=T0)
    for later_s, fresh in ((0, True), (63.9, True), (64, True), (127.9, True), (128, False), (1000, False)):
        found = proof(iss, at=T0 + later_s)
        assert found is not None, "an old ACK still proves the address"
        assert found.fresh is fresh, later_s
        assert found.age_s == later_s // 64 * 64


@pytest.mark.parametrize("age_eras", [0, 1])
def test_a_proof_counts_in_its_era_and_the_next(age_eras: int) -> None:
    start = (T0 // ERA_S + 1) * ERA_S
    asked = [(Random(i).getrandbits(32), i) for i in range(1, 500)]
    for irs, sport in asked:
        iss = iss_for(irs, at=start - 1, sport=sport)
        found = proof(iss, add(irs, 1), start - 1 + age_eras * ERA_S, sport=sport)
        assert found is not None
        assert found.iss == iss
        assert found.mss == 1460


def test_a_handshake_over_the_change_of_eras_completes() -> None:
    start = (T0 // ERA_S + 1) * ERA_S
    for sport in range(1, 1000):
        found = proof(iss_for(at=start - 1, sport=sport), at=start + 1, sport=sport)
        assert found is not None
        assert found.fresh


def test_a_proof_of_two_eras_ago_counts_no_more() -> None:
    counted = sum(proof(iss_for(sport=port), at=T0 + 2 * ERA_S, sport=port) is not None for port in range(1, 2000))
    assert counted < 5


def test_forged_acks_are_fresh_512_times_in_the_whole_number_space() -> None:
    """Counted, not estimated: every M under both eras' F, with nothing sent."""
    seg = segment(SYN, 1000)
    fresh = 0
    for era_start in (T0, T0 - ERA_S):
        f = (COOKIES.iss(seg, NONE, era_start)[0] - _m(seg.seq, era_start, NONE)) & MASK
        for m in range(1 << 16):
            ack = add(f, (m << 12) + 1)
            fresh += any(p.fresh for p in COOKIES.proofs(segment(ACK, 1001, ack), T0))
    assert fresh == 512


def _m(irs: int, at: float, options: Options) -> int:
    """What the module's head says M is, for no window scaling and the default MSS."""
    assert options is NONE
    mss_class = MSS_CLASSES.index(MSS_DEFAULT)
    return (int(at) // SLOT_S % 128 << 9 | (irs & 7) << 6 | mss_class << 3) << 12


def test_random_acks_hardly_ever_prove_anything() -> None:
    chance, tries = Random(7), 20_000
    found = [
        list(COOKIES.proofs(segment(ACK, chance.getrandbits(32), chance.getrandbits(32)), T0)) for _ in range(tries)
    ]
    assert sum(any(p.fresh for p in proofs) for proofs in found) == 0
    # With any number of octets covered one in 16 passes under each of two eras; whoever asks compares `sent`.
    assert 0.10 < sum(bool(proofs) for proofs in found) / tries < 0.15


@pytest.mark.parametrize("change", [{"sport": 40001}, {"dport": 23}, {"src": bytes(4)}])
def test_another_4_tuple_proves_nothing(change: dict[str, int]) -> None:
    found = proof(iss_for(), **change)
    assert found is None or not found.fresh


@pytest.mark.parametrize("off", [1, 2, 3, 4, 5, 6])
def test_the_peers_number_has_to_fit(off: int) -> None:
    found = proof(iss_for(1000), 1001 + off)
    assert found is not None
    assert not found.fresh
    assert found.since_irs == off + 1


@given(st.integers(0, 65535) | st.none(), st.integers(0, 14) | st.none())
def test_mss_and_shift_are_never_rounded_up(mss: int | None, wscale: int | None) -> None:
    found = proof(iss_for(options=Options(mss, wscale)))
    assert found is not None
    offered = mss or MSS_DEFAULT
    assert found.mss in MSS_CLASSES
    assert found.mss <= max(offered, 48)
    assert not [c for c in MSS_CLASSES if found.mss < c <= offered]
    assert (found.shift is None) == (wscale is None)
    if wscale is not None and found.shift is not None:
        assert found.shift <= wscale
        assert not [c for c in SHIFT_CLASSES if found.shift < c <= wscale]


@pytest.mark.parametrize("data", [b"", b"\0"])
def test_a_keep_alive_of_a_silent_peer_is_known(data: bytes) -> None:
    found = proof(iss_for(1000), 1000, data=data)
    assert found is not None
    assert (found.since_irs, found.rcv_nxt) == (0, 1001)


def test_more_than_an_octet_at_the_keep_alives_place_is_text() -> None:
    found = proof(iss_for(1000), 1000, data=b"ab")
    assert found is not None
    assert found.rcv_nxt == 1000


@given(st.integers(0, SENT_MAX))
def test_octets_of_ours_that_the_ack_covers_are_read(sent: int) -> None:
    found = proof(iss_for(), sent=sent)
    assert found is not None
    assert found.iss == iss_for()
    assert found.fresh == (sent == 0)


def test_isses_of_neighbours_have_nothing_in_common() -> None:
    steps = {(iss_for(sport=port + 1) - iss_for(sport=port)) & MASK for port in range(1000, 2000)}
    assert len(steps) == 1000
    assert len({step >> 28 for step in steps}) == 16


def test_another_secret_makes_other_numbers() -> None:
    other = Cookies(bytes(32))
    assert other.iss(segment(SYN, 1000), FULL, T0) != COOKIES.iss(segment(SYN, 1000), FULL, T0)
    assert [p for p in other.proofs(segment(ACK, 1001, iss_for() + 1), T0) if p.fresh] == []


def test_the_dice_are_the_connections_own() -> None:
    seg = segment(SYN, 1000)
    found = proof(iss_for())
    assert found is not None
    assert COOKIES.iss(seg, FULL, T0)[1] == COOKIES.dice(seg.key, T0) == found.dice
    assert COOKIES.dice(segment(SYN, sport=2).key, T0) != found.dice


def test_recent_remembers_until_told_otherwise() -> None:
    recent = Recent(16)
    assert recent.add(0x123450)
    assert not recent.add(0x123450)
    recent.discard(0x123450)
    assert recent.add(0x123450)


def test_recent_does_not_grow_and_the_newer_mark_stays() -> None:
    recent = Recent(16)
    assert recent.add(0x10)
    assert recent.add(0x20)
    assert not recent.add(0x20)
    recent.discard(0x10)
    assert not recent.add(0x20)
