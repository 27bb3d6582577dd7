"""What packets have in common, and the relations that scanners hide in them."""

from rawspoof.core.watch.facts import facts, layout
from rawspoof.core.watch.sample import Sample

ONE = Sample(0.0, 40000, 80, 0x12345678, 0, 2, 1024, 0, 7, 50, False, 0, b"\x02\x04\x05\xb4", bytes((10, 0, 0, 1)))


def test_options_are_written_as_nmap_does():
    linux = b"\x02\x04\x05\xb4\x04\x02\x08\x0a" + bytes(8) + b"\x01\x03\x03\x07"
    assert layout(linux) == "M1460,S,T,N,W7"
    assert layout(b"\x01\x00") == "N,L"
    assert layout(b"\x22\x02\xfd\x04ab") == "?34,?253"
    assert layout(b"") == ""


def test_what_differs_has_no_value():
    known = facts([ONE, ONE._replace(wnd=2048, sport=40001, ttl=57)])
    assert (known["window"], known["options"], known["ttl"], known["ttl_varies"]) == (None, "M1460", 64, True)
    assert (known["sport"], known["sport_steps"], known["probes"], known["syn"]) == (None, 1, 2, True)
    assert facts([]) == {}


def test_relations():
    target = int.from_bytes(ONE.dst)
    assert facts([ONE._replace(seq=target)])["seq_is_target"]
    assert facts([ONE._replace(ident=(target ^ 80 ^ ONE.seq) & 0xFFFF)])["ident_xor"]
    assert facts([ONE._replace(ack=5)])["ack_unasked"]
    assert not facts([ONE._replace(ack=5, flags=16)])["ack_unasked"]
    other = ONE._replace(seq=ONE.seq ^ 0x00110011, dport=81)
    assert facts([ONE, other])["halves"] == 0x1234 ^ 0x5678
    assert facts([ONE])["halves"] is None
    asking = [ONE._replace(flags=16, seq=0, ack=seg.seq) for seg in (ONE, other)]
    assert facts(asking)["halves"] == 0x1234 ^ 0x5678
    keyed = [s._replace(seq=0xABCD ^ target ^ ((s.dport << 16) + s.sport)) for s in (ONE, other)]
    assert facts(keyed)["keyed"] == 0xABCD
    assert not facts([ONE])["seq_is_target"]
    assert not facts([ONE])["ident_xor"]
