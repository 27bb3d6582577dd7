"""A source's judgement: techniques, tool, system, risk and ATT&CK ids put together. Calls the rooms that know."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from rawspoof.core.watch.attack import attack
from rawspoof.core.watch.facts import facts
from rawspoof.core.watch.report import Judgement
from rawspoof.core.watch.risk import level, risk
from rawspoof.core.watch.rule import WORDS_MAX, Rules, first
from rawspoof.core.watch.sample import Sample, unpack
from rawspoof.core.watch.source import Source
from rawspoof.core.watch.technique import techniques
from rawspoof.core.wire.segment import ACK, RST, SYN

HINTS_MAX: Final = 32
"""Tools and techniques remembered of a source's words."""


class Judge:
    """Judges sources by rules; `inside` tells whether an address is in the owner's own networks."""

    def __init__(self, rules: Rules, inside: Callable[[bytes], bool]) -> None:
        self._rules, self._inside = rules, inside

    def __call__(self, source: Source, at: float) -> Judgement:
        """The judgement at this moment."""
        samples = [unpack(packed) for packed in source.samples]
        done = techniques(source, samples)
        if source.credentials and "brute-force" not in done:
            done = (*done, "credential")
        system = first(self._rules.systems, facts([s for s in samples if s.flags & (SYN | ACK) == SYN]))
        tool, confidence = self._tool(source, samples)
        points = risk(source, done)
        return Judgement(
            done, tool, confidence, system.name if system else "", points, level(points),
            attack(done, self._inside(source.address)),
        )  # fmt: skip

    def hear(self, source: Source, data: bytes) -> None:
        """Remember what a source's words tell."""
        hints = source.hints
        for pattern, rule in self._rules.words:
            if not pattern.search(data, 0, WORDS_MAX):
                continue
            hints = source.hints = hints or {}
            for name in filter(None, (rule.tool, rule.technique and f"!{rule.technique}")):
                if name in hints or len(hints) < HINTS_MAX:
                    hints[name] = max(hints.get(name, 0.0), rule.confidence)

    def _tool(self, source: Source, samples: Sequence[Sample]) -> tuple[str, float]:
        """By words or by packets, whichever is surer."""
        told = [(sure, name) for name, sure in (source.hints or {}).items() if name[0] != "!"]
        rules = [rule for alike in _alike(samples) if (rule := first(self._rules.tools, facts(alike))) is not None]
        sure, name = max([*told, *((rule.confidence, rule.name) for rule in rules)], default=(0.0, ""))
        return name, sure


def _alike(samples: Sequence[Sample]) -> Iterator[list[Sample]]:
    """Packets with the same flags, and each by itself: a source may do several things, and some are told by one."""
    by_flags: dict[int, list[Sample]] = {}
    for sample in samples:
        if not sample.flags & RST:
            by_flags.setdefault(sample.flags, []).append(sample)
            yield [sample]
    yield from by_flags.values()
