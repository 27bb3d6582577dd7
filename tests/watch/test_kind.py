"""Every combination of flags has a kind."""

from rawspoof.core.watch.kind import KINDS, named


def test_scans_have_nmap_s_names():
    assert [KINDS[f] for f in (0x02, 0xC2, 0x00, 0x01, 0x29, 0x11, 0x10, 0x18, 0x04, 0x14, 0x12)] == [
        "syn", "syn", "null", "fin", "xmas", "maimon", "ack", "ack", "rst", "rst", "syn-ack",
    ]  # fmt: skip
    assert KINDS[0x2B] == "odd"
    assert len(KINDS) == 256


def test_counts_of_the_same_kind_are_one():
    assert named({0x10: 3, 0x18: 2, 0x02: 1}) == {"ack": 5, "syn": 1}
