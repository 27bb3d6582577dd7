"""A source's judgement: techniques, tool, system, risk and ATT&CK ids put together. Calls the rooms that know."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from rawspoof.core.watch.attack import attack
from rawspoof.core.watch.pace import template
from rawspoof.core.watch.report import Judgement
from rawspoof.core.watch.risk import level, risk
from rawspoof.core.watch.rule import Rules, first, plain
from rawspoof.core.watch.sample import Sample, unpack
from rawspoof.core.watch.source import Source
from rawspoof.core.watch.technique import techniques
from rawspoof.core.wire.segment import ACK, RST, SYN

HINTS_MAX: Final = 32
"""Tools, techniques (with `!`) and signs (with `=`) remembered of a source's words."""


class Judge:
    """Judges sources by rules; `inside` tells whether an address is in the owner's own networks."""

    def __init__(self, rules: Rules, inside: Callable[[bytes], bool]) -> None:
        self._rules, self._inside = rules, inside

    def __call__(self, source: Source, at: float) -> Judgement:
        """The judgement at this moment."""
        samples = [unpack(packed) for packed in source.samples]
        asking = [s for s in samples if not s.flags & RST]
        done = techniques(source, asking)
        system = first(self._rules.systems, [s for s in asking if s.flags & (SYN | ACK) == SYN])
        tool, confidence, sign = self._tool(source, asking)
        points = risk(source, done)
        signs = (sign, f"-{pace}" if tool == "nmap" and (pace := template(asking)) else "", *_told(source))
        return Judgement(
            done, tool, confidence, system.name if system else "", points, level(points),
            attack(done, self._inside(source.address)), tuple(sign for sign in signs if sign),
        )  # fmt: skip

    def hear(self, source: Source, data: bytes) -> None:
        """Remember what a source's words tell."""
        text = plain(data)
        lower = text.lower()
        for words in self._rules.words:
            if words.found(text, lower):
                rule = words.rule
                _remember(source, rule.confidence, rule.tool, f"!{rule.technique}", f"={rule.sign}")

    def _tool(self, source: Source, samples: Sequence[Sample]) -> tuple[str, float, str]:
        """By words or by packets, whichever is surer: its name, how sure, and what gave it away."""
        told = [(sure, name, "") for name, sure in (source.hints or {}).items() if name[0] not in "!="]
        rules = [rule for alike in _alike(samples) if (rule := first(self._rules.tools, alike)) is not None]
        found = [*told, *((rule.confidence, rule.name, rule.sign) for rule in rules)]
        sure, name, sign = max(found, default=(0.0, "", ""))
        return name, sure, sign


def _remember(source: Source, confidence: float, *names: str) -> None:
    hints = source.hints = source.hints or {}
    for name in names:
        if name.strip("!=") and (name in hints or len(hints) < HINTS_MAX):
            hints[name] = max(hints.get(name, 0.0), confidence)


def _told(source: Source) -> Iterator[str]:
    return (name[1:] for name in source.hints or () if name[0] == "=")


def _alike(samples: Sequence[Sample]) -> Iterator[list[Sample]]:
    """Packets with the same flags, and each by itself: a source may do several things, and some are told by one."""
    by_flags: dict[int, list[Sample]] = {}
    for sample in samples:
        by_flags.setdefault(sample.flags, []).append(sample)
        yield [sample]
    yield from by_flags.values()
