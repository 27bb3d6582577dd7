"""A flood from 100,000 invented addresses through a whole sensor: nobody is proven, few are told of, memory stays."""

import gc
import os
from pathlib import Path
from random import Random

from rawspoof.core.event import Scan, ScanDetected
from rawspoof.core.watch.judge import Judge
from rawspoof.core.watch.report import reporter
from rawspoof.core.watch.watch import REPORTS_PER_S_MAX, Settings, Watch
from rawspoof.core.wire.segment import ACK, RST, SYN, build
from rawspoof.edges.system.scanners import load_rules
from tests import peers
from tests.netns.sensors import tell
from tests.peers import T0, packet, segment
from tests.watch.street import options

SOURCES = 100_000
MORE = 30_000
PER_S = 25_000


def address(rng: Random) -> bytes:
    return rng.getrandbits(31).to_bytes(4)


def flood(mind, rng: Random, count: int, begun: float) -> list:
    """SYNs and some resets, PER_S of them a second, each of an address of its own, as hping3 --rand-source does."""
    told = []
    for number in range(count):
        at = begun + number / PER_S
        flags = RST if number % 5 == 4 else SYN
        raw = packet(
            flags, rng.getrandbits(32), src=address(rng), sport=rng.randint(1024, 65535), dport=80, wnd=512, df=False
        )
        told += mind.on_packet(at, raw).events
        if (due := mind.next_deadline()) is not None and due <= at:
            told += mind.on_time(at).events
    return told


def resident_mb() -> float:
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def test_a_flood_of_invented_sources_proves_nobody_and_takes_no_more_memory_than_allowed():
    watch = Watch(reporter(Judge(load_rules(), lambda _: False)), Settings())
    mind, rng = peers.sensor(watch=watch), Random(1)
    before = resident_mb()
    told = flood(mind, rng, SOURCES, T0)
    # A few addresses were drawn twice.
    assert 0.999 * SOURCES < len(watch) <= SOURCES
    full = resident_mb()
    told += flood(mind, rng, MORE, T0 + SOURCES / PER_S)
    assert len(watch) == SOURCES
    assert watch.lost.sources > 0.99 * MORE
    after = resident_mb()
    tell(f"{SOURCES:,} sources grew it by {full - before:.0f} MB, {MORE:,} more by {after - full:.0f} MB")
    assert full - before < 150
    assert after - full < 15

    scans = [event for event in told if isinstance(event, Scan)]
    assert {event.verified for event in scans} == {False}
    seconds = (SOURCES + MORE) / PER_S + 1
    assert 0 < sum(isinstance(event, ScanDetected) for event in scans) <= REPORTS_PER_S_MAX * seconds
    assert watch.lost.reports > 0


def test_who_is_real_is_told_in_the_midst_of_a_flood():
    watch = Watch(reporter(Judge(load_rules(), lambda _: False)), Settings(sources_max=5000))
    mind, rng = peers.sensor(watch=watch), Random(2)
    told = flood(mind, rng, 4000, T0)
    syn = segment(SYN, 77, options=options("M1460,S,T,N,W7"))
    (answer,) = peers.said(mind.on_packet(T0 + 0.2, build(syn)))
    mind.on_packet(T0 + 0.2, packet(ACK, 78, answer.seq + 1))
    told += flood(mind, rng, 4000, T0 + 0.3)
    told += [event for outcome in peers.wait(mind, T0 + 1.3) for event in outcome.events]
    (found,) = [event for event in told if isinstance(event, Scan) and event.verified]
    assert (found.src, found.system, found.techniques) == (peers.SRC, "linux", ("connect",))
