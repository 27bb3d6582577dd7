"""One golden case: what its capture does to a sensor of its configuration, as text that people can read.

A case is a folder: input.pcap, config.toml (paths in it begin there), expected.txt, README.md.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import chdir
from pathlib import Path
from typing import Any, Final

import msgspec

from rawspoof import assembly
from rawspoof.config.load import load
from rawspoof.core.event import AnyEvent, Target
from rawspoof.core.outcome import Outcome
from rawspoof.core.sensor import Sensor
from rawspoof.core.tcp.seqnum import add
from rawspoof.core.wire.segment import SYN, Malformed, parse
from rawspoof.core.world.host import address
from rawspoof.edges.link.base import Arrival
from rawspoof.edges.link.pcap import PcapLink
from rawspoof.edges.system import personalities, secret
from rawspoof.loop import serve
from tests.peers import templates
from tests.talk import SHOWN, Numbers, show

HOME: Final = Path(__file__).parent
CASES: Final = sorted(file.parent.name for file in HOME.glob("*/config.toml"))


def sensor(case: str) -> Sensor:
    """The sensor of a case."""
    with chdir(HOME / case):
        # Its paths begin where it is.
        made = load("config.toml")
        faces = personalities.faces(made, look=False)
        parts = assembly.parts(made, secret.load(made), faces)
        return assembly.sensor(parts, {family: templates(family) for family in faces})


def play(case: str) -> tuple[str, list[bytes]]:
    """The transcript of a case and every packet that left, byte by byte."""
    scribe = Scribe(PcapLink(str(HOME / case / "input.pcap")))
    serve(scribe, sensor(case), scribe.publish, scribe.complain)
    return "".join(f"{line}\n" for line in scribe.lines + scribe.events), scribe.left


class Scribe:
    """A link around a capture that writes down both ways, each connection's numbers from its own beginning."""

    def __init__(self, link: PcapLink) -> None:
        self._link = link
        self._start: float | None = None
        self._at = 0.0
        self._numbers: dict[tuple[int, int], Numbers] = {}
        self.lines: list[str] = []
        self.events: list[str] = []
        self.left: list[bytes] = []

    def arrivals(self, next_deadline: Callable[[], float | None]) -> Iterator[Arrival]:
        for arrival in self._link.arrivals(next_deadline):
            if self._start is None:
                self._start = arrival.at
            self._at = arrival.at - self._start
            if arrival.raw is not None:
                self._heard(arrival.raw)
            yield arrival

    def leave(self, outcome: Outcome) -> None:
        for raw in outcome.packets:
            seg = parse(raw)
            ports = seg.dport, seg.sport
            numbers = self._numbers.setdefault(ports, Numbers(irs=0))
            numbers.learn(seg)
            self._write(">", ports, show(seg, numbers, out=True))
            if seg.flags & SYN:
                # What began a connection anew is counted from now on.
                numbers.irs = add(seg.ack, -1)
        self.left += outcome.packets

    def close(self) -> None:
        self._link.close()

    def publish(self, events: Sequence[AnyEvent]) -> None:
        assert self._start is not None
        self.events += [json.dumps(_plain(event, self._start)) for event in events]

    def complain(self, error: Exception, raw: bytes | None) -> None:
        raise error

    def _heard(self, raw: bytes) -> None:
        try:
            seg = parse(raw)
        except Malformed as why:
            self.lines.append(f"+{self._at:.3f} < malformed: {why}")
            return
        ports = seg.sport, seg.dport
        if ports not in self._numbers:
            self._numbers[ports] = Numbers(irs=seg.seq if seg.flags & 0x17 == SYN else 0)
        shown = [name for name in SHOWN if name not in ("ttl", "df")]
        self._write("<", ports, show(seg, self._numbers[ports], out=False, shown=shown))

    def _write(self, way: str, ports: tuple[int, int], line: str) -> None:
        self.lines.append(f"+{self._at:.3f} {ports[0]}-{ports[1]} {way} {line}")


def _plain(event: AnyEvent, start: float) -> dict[str, Any]:
    """An event as JSON has it: addresses as people write them, bytes as Latin-1, the time from the start."""
    fields = msgspec.structs.asdict(event)
    return {"kind": event.__struct_config__.tag} | {name: _value(name, fields[name], start) for name in fields}


def _value(name: str, value: Any, start: float) -> Any:
    if isinstance(value, bytes):
        return address(value) if name in ("src", "dst") else value.decode("latin-1")
    if isinstance(value, Target):
        return f"{address(value.address)}: {value.count} ({value.ports})"
    if isinstance(value, tuple):
        return [_value(name, each, start) for each in value]
    if isinstance(value, float):
        return round(value - start if name.endswith("at") else value, 3)
    return value
