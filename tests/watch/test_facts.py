"""What packets have in common, and the relations that scanners hide in them."""

from rawspoof.core.watch.facts import Facts, layout, shape
from rawspoof.core.watch.sample import Sample

ONE = Sample(0.0, 40000, 80, 0x12345678, 0, 2, 1024, 0, 7, 50, False, 0, b"\x02\x04\x05\xb4", bytes((10, 0, 0, 1)))
LINUX = b"\x02\x04\x05\xb4\x04\x02\x08\x0a" + bytes(8) + b"\x01\x03\x03\x07"


def fact(name, *probes):
    return Facts(probes).get(name)


def test_options_are_written_as_nmap_does():
    assert (layout(LINUX), shape(LINUX)) == ("M1460,S,T,N,W7", "MSTNW")
    assert (layout(b"\x01\x00"), shape(b"\x01\x00\x00")) == ("N,L", "NL")
    assert (layout(b"\x22\x02\xfd\x04ab"), shape(b"\x22\x02\xfd\x04ab")) == ("?34,?253", "??")
    assert (layout(b""), shape(b"")) == ("", "")


def test_what_differs_has_no_value():
    two = ONE, ONE._replace(wnd=2048, sport=40001, ttl=57)
    assert [fact(name, *two) for name in ("window", "options", "ttl", "sport", "sport_step", "syn")] == [
        None, "M1460", 64, None, 1, True,
    ]  # fmt: skip
    assert fact("window") is None


def test_one_packet_alone_shares_nothing():
    assert [fact(name, ONE) for name in ("halves", "keyed", "sport", "sport_step")] == [None] * 4


def test_relations():
    target = int.from_bytes(ONE.dst)
    assert fact("seq_is_target", ONE._replace(seq=target))
    assert fact("ident_xor", ONE._replace(ident=(target ^ 80 ^ ONE.seq) & 0xFFFF))
    assert fact("ack_unasked", ONE._replace(ack=5))
    assert not fact("ack_unasked", ONE._replace(ack=5, flags=16))
    assert not fact("seq_is_target", ONE)
    assert not fact("ident_xor", ONE)
    other = ONE._replace(seq=ONE.seq ^ 0x00110011, dport=81)
    assert fact("halves", ONE, other) == 0x1234 ^ 0x5678
    # Probes with ACK carry it there.
    assert fact("halves", *(seg._replace(flags=16, seq=0, ack=seg.seq) for seg in (ONE, other))) == 0x1234 ^ 0x5678
    assert (fact("door", ONE, other), fact("door", ONE, ONE)) == (None, "80 0a000001")
    assert (fact("seq_small", ONE), fact("seq_small", ONE._replace(seq=9))) == (False, True)
    keyed = [s._replace(seq=0xABCD ^ target ^ ((s.dport << 16) + s.sport)) for s in (ONE, other)]
    assert fact("keyed", *keyed) == 0xABCD


def test_a_fact_is_found_out_once():
    probes = [ONE]
    known = Facts(probes)
    assert known.get("window") == 1024
    probes[0] = ONE._replace(wnd=1)
    assert known.get("window") == 1024
