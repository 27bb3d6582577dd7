"""Conversations in packetdrill's notation, played to a sensor and compared, arrow by arrow, with what it did.

    +0.000 < S  0:0(0) win 64240 <mss 1460,sackOK,TS val 100 ecr 0,nop,wscale 7>
    +0.000 > S. 0:0(0) ack 1 <mss 1460>
    +0.100 < .  1:1(0) ack 1
    +0.100 ! session.open
    +0.100 > P. 1:5(4) ack 1 "hi\\r\\n"

`<` comes in and is built; `>` goes out and `!` is an event: both are expected, in this order. Times are seconds since
the start; numbers count from either side's SYN, our TSval from our first. Of what goes out only what a line names
beyond flags and numbers (win, ttl, df, options, text) is looked at. Text not given is `a`s. A label `SPORT-DPORT`
before the arrow tells several connections apart.
"""

import ast
import re
from dataclasses import dataclass
from difflib import ndiff
from typing import Final

from rawspoof.core.event import AnyEvent
from rawspoof.core.outcome import Outcome
from rawspoof.core.sensor import Sensor
from rawspoof.core.wire import options as tcp
from rawspoof.core.wire.options import Option
from rawspoof.core.wire.segment import ACK, Segment, build, parse
from tests.peers import T0, segment

LETTERS: Final = "FSRP.UEW"
"""TCP's flags from the lowest bit on; packetdrill writes ACK as a dot."""

LINE = re.compile(
    r"\+(?P<at>[\d.]+) (?:(?P<sport>\d+)-(?P<dport>\d+) )?(?:! (?P<event>\S+)|"
    r"(?P<way>[<>]) +(?P<flags>[FSRP.UEW-]+) +(?P<seq>-?\d+):(?P<end>-?\d+)\((?P<size>\d+)\)(?: ack (?P<ack>-?\d+))?"
    r"(?: win (?P<win>\d+))?(?: ttl (?P<ttl>\d+))?(?P<df> df)?(?: <(?P<options>.*?)>)?"
    r"(?: (?P<text>b?\".*\"))?)"
)
SHOWN: Final = ("win", "ttl", "df", "options", "text")


@dataclass
class Numbers:
    """Where the numbers of one connection begin."""

    irs: int = 0x10000000
    iss: int = 0
    tsval: int | None = None

    def learn(self, sent: Segment) -> None:
        """Take our numbers from a SYN-ACK."""
        if sent.flags & 2:
            self.iss = sent.seq
            self.tsval = tcp.parse(sent.options).tsval


def play(script: str, sensor: Sensor, *, ip6: bool = False) -> list[AnyEvent]:
    """Play a script; what comes out is the events. Fails with both sides, line by line, where they part."""
    stage = _Stage(sensor, script, ip6)
    stage.play()
    asked, done = [_tidy(line.string) for line in stage.script], stage.lines
    assert asked == done, "\n" + "\n".join(ndiff(asked, done))
    return stage.events


def inbound(script: str, sensor: Sensor, *, ip6: bool = False) -> list[tuple[float, bytes]]:
    """The packets that a script's `<` lines are when this sensor is talked to, with their times."""
    stage = _Stage(sensor, script, ip6)
    stage.play()
    return stage.inbound


class _Stage:
    def __init__(self, sensor: Sensor, script: str, ip6: bool) -> None:
        lines = [line.strip() for line in script.splitlines()]
        self.script = [_match(line) for line in lines if line and line[0] != "#"]
        self._sensor, self._ip6 = sensor, ip6
        self._numbers: dict[tuple[int, int], Numbers] = {}
        self._expected = [line for line in self.script if line["way"] != "<"]
        self.lines: list[str] = []
        self.inbound: list[tuple[float, bytes]] = []
        self.events: list[AnyEvent] = []

    def play(self) -> None:
        for line in self.script:
            at = float(line["at"])
            self._wait(at)
            if line["way"] == "<":
                self.lines.append(_tidy(line.string))
                raw = build(self._segment(line))
                self.inbound.append((T0 + at, raw))
                self._note(at, self._sensor.on_packet(T0 + at, raw))

    def _wait(self, until: float) -> None:
        """Deadlines up to a moment; half a millisecond beyond it, for the script is rounded."""
        while (due := self._sensor.next_deadline()) is not None and due <= T0 + until + 0.0005:
            self._note(due - T0, self._sensor.on_time(due))

    def _segment(self, line: re.Match[str]) -> Segment:
        ports = int(line["sport"] or 40000), int(line["dport"] or 22)
        numbers = self._numbers.setdefault(ports, Numbers())
        data = ast.literal_eval(f"b{line['text'].lstrip('b')}") if line["text"] else b"a" * int(line["size"])
        assert len(data) == int(line["size"]) == int(line["end"]) - int(line["seq"]), line.string
        return segment(
            sum(1 << LETTERS.index(flag) for flag in line["flags"] if flag != "-"),
            numbers.irs + int(line["seq"]), numbers.iss + int(line["ack"] or 0), data,
            wnd=int(line["win"] or 64240), ttl=int(line["ttl"] or 64), options=_options(line["options"], numbers),
            sport=ports[0], dport=ports[1], ip6=self._ip6,
        )  # fmt: skip

    def _note(self, at: float, outcome: Outcome) -> None:
        """Write down what left, showing of each packet what its expected line shows."""
        for event in outcome.events:
            self._next()
            self.lines.append(f"+{at:.3f} ! {event.__struct_config__.tag}")
        for raw in outcome.packets:
            sent, line = parse(raw), self._next()
            numbers = self._numbers.setdefault((sent.dport, sent.sport), Numbers())
            numbers.learn(sent)
            shown = [name for name in SHOWN if line is None or line[name]]
            label = f"{sent.dport}-{sent.sport} " if line is not None and line["sport"] else ""
            self.lines.append(f"+{at:.3f} {label}> {show(sent, numbers, out=True, shown=shown)}")
        self.events += outcome.events

    def _next(self) -> re.Match[str] | None:
        return self._expected.pop(0) if self._expected else None


def show(seg: Segment, numbers: Numbers, *, out: bool, shown: list[str] | tuple[str, ...] = SHOWN) -> str:
    """A segment in the notation, without time and arrow; `out`: it is one of ours."""
    mine, theirs = (numbers.iss, numbers.irs) if out else (numbers.irs, numbers.iss)
    flags = "".join(letter for bit, letter in enumerate(LETTERS) if seg.flags >> bit & 1) or "-"
    first = _relative(seg.seq, mine)
    parts = [f"{flags:<2} {first}:{first + len(seg.data)}({len(seg.data)})"]
    if seg.flags & ACK:
        parts.append(f"ack {_relative(seg.ack, theirs)}")
    if "win" in shown:
        parts.append(f"win {seg.wnd}")
    if "ttl" in shown:
        parts.append(f"ttl {seg.ttl}")
    if "df" in shown and seg.df:
        parts.append("df")
    if "options" in shown and seg.options:
        parts.append(f"<{_names(seg.options, numbers, out)}>")
    if "text" in shown and seg.data:
        text = repr(seg.data)[2:-1].replace("\\'", "'").replace('"', '\\"')
        parts.append(f'"{text}"')
    return " ".join(parts)


def _match(line: str) -> re.Match[str]:
    match = LINE.fullmatch(line)
    assert match, f"not the notation: {line}"
    return match


def _tidy(line: str) -> str:
    """A script's line, spaced as `show` does."""
    at, rest = re.sub(r"([<>]) +([FSRP.UEW-]+) +", lambda m: f"{m[1]} {m[2]:<2} ", line, count=1).split(" ", 1)
    return f"+{float(at):.3f} {rest}"


def _relative(number: int, start: int) -> int:
    """The number counted from `start`; as it is where the connection never began."""
    return (number - start + 0x80000000 & 0xFFFFFFFF) - 0x80000000 if start else number


def _names(raw: bytes, numbers: Numbers, out: bool) -> str:
    return ",".join(_name(option, numbers, out) for option in tcp.items(raw))


def _name(option: Option, numbers: Numbers, out: bool) -> str:
    kind, data = option
    number = int.from_bytes(data, "big")
    if kind == tcp.TIMESTAMPS and len(data) == 8:
        val, ecr = number >> 32, number & 0xFFFFFFFF
        ours = numbers.tsval or 0
        val, ecr = ((val - ours), ecr) if out else (val, ecr - ours if ecr else 0)
        return f"TS val {val} ecr {ecr}"
    plain = {
        tcp.NOP: "nop",
        tcp.EOL: "eol",
        tcp.SACK_OK: "sackOK",
        tcp.MSS: f"mss {number}",
        tcp.WSCALE: f"wscale {number}",
    }
    return plain.get(kind) or f"kind {kind} {data.hex()}"


def _options(text: str | None, numbers: Numbers) -> bytes:
    """The options of a script's line as bytes."""
    options = []
    for name in filter(None, (text or "").split(",")):
        word, *values = name.split(" ")
        if word == "TS":
            ecr = int(values[3])
            data = int(values[1]).to_bytes(4, "big") + ((ecr and ecr + (numbers.tsval or 0)) & 0xFFFFFFFF).to_bytes(
                4, "big"
            )
            options.append(Option(tcp.TIMESTAMPS, data))
        elif word == "kind":
            options.append(Option(int(values[0]), bytes.fromhex(values[1])))
        else:
            kind, size = {"nop": (1, 0), "eol": (0, 0), "mss": (2, 2), "wscale": (3, 1), "sackOK": (4, 0)}[word]
            options.append(Option(kind, int(values[0]).to_bytes(size, "big") if size else b""))
    return tcp.build(tuple(options))
