"""A capture as a door: packets and deadlines at their own times."""

from pathlib import Path

import pytest

from rawspoof.core.outcome import nothing
from rawspoof.edges.link.base import Arrival
from rawspoof.edges.link.capture import CaptureError
from rawspoof.edges.link.pcap import LINGER_S, PcapLink, strip
from tests.edges.link.captures import pcap

IP4, IP6 = b"\x45four", b"\x60six"
MACS = bytes(12)


class Clock:
    """Deadlines that are due one after the other."""

    def __init__(self, *moments: float) -> None:
        self.moments = list(moments)

    def next(self) -> float | None:
        return self.moments[0] if self.moments else None

    def off(self, arrival: Arrival) -> Arrival:
        """The arrival; a deadline of ours is taken off."""
        if arrival.raw is None:
            assert self.moments.pop(0) == arrival.at
        return arrival


def play(path: Path, clock: Clock) -> list[Arrival]:
    link = PcapLink(str(path))
    done = []
    for arrival in link.arrivals(clock.next):
        done.append(clock.off(arrival))
        link.leave(nothing())
    link.close()
    return done


def test_deadlines_come_between_packets_and_linger_after_the_last(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(pcap((10, b"a"), (12, b"b")))
    clock = Clock(9, 10, 11, 11, 12.5, 12 + LINGER_S, 12.1 + LINGER_S)
    assert play(tmp_path / "x", clock) == [
        (9, None), (10, None), (10, b"a"), (11, None), (11, None), (12, b"b"), (12.5, None), (12 + LINGER_S, None),
    ]  # fmt: skip
    assert clock.moments == [12.1 + LINGER_S]


def test_a_broken_file_is_played_as_far_as_it_goes_and_then_told(tmp_path: Path) -> None:
    path = tmp_path / "x.pcap"
    path.write_bytes(pcap((10, b"a"), (12, b"b"))[:-1])
    clock, done = Clock(15), list[Arrival]()
    with pytest.raises(CaptureError, match=rf"{path}: ends in the middle \(packets read: 1\)"):
        done.extend(map(clock.off, PcapLink(str(path)).arrivals(clock.next)))
    assert done == [(10, b"a"), (15, None)]


@pytest.mark.parametrize(
    ("name", "told"), [("none", "cannot be read: No such file"), (".", "cannot be read: Is a directory")]
)
def test_a_file_that_cannot_be_read_is_told_by_name(tmp_path: Path, name: str, told: str) -> None:
    with pytest.raises(CaptureError, match=rf"{tmp_path}.*: {told}"):
        list(PcapLink(str(tmp_path / name)).arrivals(lambda: None))


FRAMES = {
    "raw": (101, IP4, IP4),
    "raw-bsd": (12, IP6, IP6),
    "ipv4": (228, IP4, IP4),
    "ipv6": (229, IP6, IP6),
    "ethernet": (1, MACS + b"\x08\x00" + IP4, IP4),
    "ethernet-6": (1, MACS + b"\x86\xdd" + IP6, IP6),
    "vlan": (1, MACS + b"\x81\x00\x00\x05\x08\x00" + IP4, IP4),
    "vlan-in-vlan": (1, MACS + b"\x88\xa8\x00\x05\x81\x00\x00\x06\x86\xdd" + IP6, IP6),
    "arp": (1, MACS + b"\x08\x06" + IP4, None),
    "ethernet-cut": (1, MACS, None),
    "cooked": (113, bytes(14) + b"\x08\x00" + IP4, IP4),
    "cooked-2": (276, b"\x08\x00" + bytes(18) + IP4, IP4),
    "loopback": (0, b"\2\0\0\0" + IP4, IP4),
    "wifi": (105, IP4, None),
}


@pytest.mark.parametrize(("link_type", "frame", "packet"), FRAMES.values(), ids=FRAMES)
def test_the_packet_in_a_frame(link_type: int, frame: bytes, packet: bytes | None) -> None:
    assert strip(frame, link_type) == packet


def test_frames_without_a_packet_are_counted(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(pcap((1, MACS + b"\x08\x06"), (2, MACS + b"\x08\x00" + IP4), link_type=1))
    link = PcapLink(str(tmp_path / "x"))
    assert list(link.arrivals(lambda: None)) == [(2, IP4)]
    assert link.skipped == 1
