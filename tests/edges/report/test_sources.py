"""One address is one source, whoever met it and however often it came."""

from rawspoof.core.event import Target
from rawspoof.edges.report.sources import join
from tests.edges.report.made import hostile, scan, usual
from tests.edges.sinks.samples import AT, DST, DST6, SRC, SRC6


def test_scans_of_one_address_are_one_source():
    sources = join(usual().scans)
    assert set(sources) == {SRC, SRC6}
    one = sources[SRC]
    assert (one.scans, one.packets, one.opened, one.verified) == (2, 4004, 2, True)
    # Port 22 was touched in both.
    assert (one.ports, one.port_count, one.target_count) == (((20, 23),), 4, 1)
    assert (one.tool, one.confidence) == ("nmap", 0.9)
    assert one.techniques == ("syn", "half-open", "brute-force")
    assert one.attack == ("T1110", "T1595.001")
    assert (one.risk, one.first_at, one.last_at, one.held_s) == (300, AT - 60.0, AT, 25.0)


def test_ports_of_several_targets_and_untold_ones():
    first = scan(targets=(Target(DST, 100, "1-10,…"), Target(DST6, 5, "5-9")), port_count=120, target_count=9)
    (one,) = join([first]).values()
    assert (one.port_count, one.target_count, one.ports) == (120, 9, ((1, 10),))
    (both,) = join([first, scan(targets=(Target(DST, 2, "1,99"),), port_count=2, target_count=1)]).values()
    assert (both.port_count, both.target_count, both.ports) == (120, 9, ((1, 10), (99, 99)))


def test_the_surer_of_two_tools_is_told_in_either_order():
    unsure, sure = scan(tool="zmap", confidence=0.2), scan(tool="hydra", confidence=0.95)
    assert {join(pair)[SRC].tool for pair in ([unsure, sure], [sure, unsure])} == {"hydra"}


def test_hostile_scans_are_joined_too():
    assert len(join(hostile().scans)) > 10
