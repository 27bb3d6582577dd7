"""Capture files, whole and broken; written by hand, by scapy, and by chance."""

from contextlib import suppress
from io import BytesIO
from pathlib import Path
from random import Random

import pytest
from scapy.layers.inet import IP
from scapy.utils import PcapNgWriter, PcapWriter

from rawspoof.edges.link.capture import CaptureError, Frame, frames
from tests.edges.link.captures import block, enhanced, interface, pcap, section, simple

AT = 1748788327.841203


def read(raw: bytes) -> list[Frame]:
    return list(frames(BytesIO(raw)))


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("nano", [False, True])
def test_pcap_in_every_dialect(order: str, nano: bool) -> None:
    found = read(pcap((AT, b"one"), (AT + 1, b""), (AT + 2, b"three"), order=order, nano=nano, link_type=1))
    assert [(frame.link_type, frame.data) for frame in found] == [(1, b"one"), (1, b""), (1, b"three")]
    assert [round(frame.at - AT, 6) for frame in found] == [0, 1, 2]


@pytest.mark.parametrize("order", ["<", ">"])
def test_pcapng(order: str) -> None:
    micro = section(order) + interface(order=order) + enhanced(round(AT * 1e6), b"one", order=order)
    found = read(micro + simple(b"two", order) + block(5, b"statistics", order) + simple(b"three", order))
    assert [frame.data for frame in found] == [b"one", b"two", b"three"]
    assert {round(frame.at, 6) for frame in found} == {AT}


@pytest.mark.parametrize(("resolution", "ticks"), [(9, AT * 1e9), (3, AT * 1e3), (0x80 | 10, AT * 1024)])
def test_pcapngs_clocks(resolution: int, ticks: float) -> None:
    clock = b"\x02\0\x03\0ifn\0" + b"\x09\0\x01\0" + bytes([resolution]) + b"\0\0\0"
    found = read(section() + interface(options=clock) + enhanced(round(ticks), b"x"))
    assert found[0].at == pytest.approx(AT, abs=0.001)


def test_pcapngs_interfaces_and_sections_are_told_apart() -> None:
    first = section() + interface(1) + interface(113) + enhanced(0, b"a", 1) + enhanced(0, b"b", 0)
    second = section(">") + interface(101, order=">") + enhanced(0, b"c", 0, order=">")
    assert [(frame.link_type, frame.data) for frame in read(first + second)] == [(113, b"a"), (1, b"b"), (101, b"c")]


def test_a_simple_packet_is_as_long_as_its_interface_keeps() -> None:
    assert read(section() + interface(snap=4) + block(3, b"\x09\0\0\0abcd"))[0].data == b"abcd"


@pytest.mark.parametrize("writer", [PcapWriter, PcapNgWriter])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_what_scapy_writes(tmp_path: Path, writer: type[PcapWriter]) -> None:
    packet = IP(src="192.0.2.1", dst="192.0.2.2")
    packet.time = AT
    with writer(str(tmp_path / "x")) as file:
        file.write(packet)
    found = read((tmp_path / "x").read_bytes())
    assert [(round(frame.at, 6), frame.data) for frame in found] == [(AT, bytes(packet))]


BROKEN = {
    "empty": (b"", "not a pcap"),
    "text": (b"hello, world, how are you?", "not a pcap"),
    "head cut": (pcap()[:20], "ends in the middle"),
    "huge frame": (pcap() + b"\0" * 8 + b"\xff" * 8, "in one piece"),
    "byte order": (section()[:8] + b"what" + section()[12:], "byte order"),
    "short block": (section() + b"\6\0\0\0\x08\0\0\0", "impossible length"),
    "odd block": (section() + b"\6\0\0\0\x0d\0\0\0", "impossible length"),
    "two lengths": (section()[:-1] + b"\1", "differ"),
    "no interface": (section() + enhanced(0, b"x"), "no known interface"),
    "other interface": (section() + interface() + enhanced(0, b"x", 1), "no known interface"),
    "bare packet": (section() + interface() + block(6, b"x"), "without a length"),
    "bare simple packet": (section() + interface() + block(3, b""), "longer than its block"),
    "long simple packet": (section() + interface() + block(3, b"\x09\0\0\0abc"), "longer than its block"),
    "bare interface": (section() + block(1, b"x"), "without a type"),
    "long packet": (section() + interface() + block(6, b"\0" * 12 + b"\x09" + b"\0" * 7), "longer than its block"),
    "far future": (section() + interface() + enhanced(1 << 60, b"x"), "no time"),
}


@pytest.mark.parametrize(("raw", "told"), BROKEN.values(), ids=BROKEN)
def test_what_is_broken_is_told(raw: bytes, told: str) -> None:
    with pytest.raises(CaptureError, match=told):
        read(raw)


@pytest.mark.parametrize(
    "raw", [pcap((1, b"one"), (2, b"two")), section() + interface() + enhanced(1, b"one") + enhanced(2, b"two!")]
)
def test_a_file_cut_anywhere_gives_what_was_whole_and_says_that_it_was_cut(raw: bytes) -> None:
    whole = [frame.data for frame in read(raw)]
    clean = 0
    for end in range(len(raw)):
        found: list[bytes] = []
        with suppress(CaptureError):
            found.extend(frame.data for frame in frames(BytesIO(raw[:end])))
            clean += 1
        assert found == whole[: len(found)]
    assert clean <= 3, "only between two records nobody can tell"


def test_noise_is_frames_or_an_error() -> None:
    chance = Random(3)
    for raw in (
        pcap((1, b"one"), (2, b"two")),
        section() + interface(options=b"\x09\0\1\0\6\0\0\0") + enhanced(1, b"one"),
    ):
        for _ in range(3000):
            bent = bytearray(raw)
            for _ in range(chance.randint(1, 3)):
                bent[chance.randrange(len(bent))] = chance.randrange(256)
            try:
                assert all(0 <= frame.at < 1 << 33 for frame in read(bytes(bent)))
            except CaptureError:
                continue
