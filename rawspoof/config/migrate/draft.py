"""What an import has come to so far: keys with their values, and what became of each line and flag.

Knows neither the tools that it comes from nor the file that it becomes.
"""

from enum import Enum
from typing import Final, NamedTuple

FINDINGS_MAX: Final = 2000
"""Lines told of one by one; those beyond are only counted."""


class Fate(Enum):
    """What became of a line."""

    KEPT = "taken"
    NONE = "explained"
    ASK = "need you"


class Finding(NamedTuple):
    """A line or flag, and what became of it."""

    where: str
    """`FILE:LINE`, or `--command`."""
    what: str
    fate: Fate
    why: str
    key: str = ""
    """The dotted key that it came to."""

    def __str__(self) -> str:
        return printable(f"{self.where}: {self.what}: {self.why}")


def printable(text: str) -> str:
    """The text in one line, without anything that moves a cursor: who knows who wrote it."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


class Draft:
    """Grows line by line; what the first input said stands, and a later one that says otherwise is told."""

    def __init__(self) -> None:
        self.values: dict[str, object] = {}
        """By dotted key, as the model wants them."""
        self.findings: list[Finding] = []
        self.counts = dict.fromkeys(Fate, 0)
        self._said: dict[str, str] = {}

    def keep(self, where: str, what: str, key: str, value: object, why: str = "kept") -> None:
        """Take the value for this key; lists grow."""
        before = self.values.get(key)
        if isinstance(before, list) and isinstance(value, list):
            before += [each for each in value if each not in before]
        elif before is not None and before != value:
            first = f"{self._said[key]} says {before!r}, which stands: change {key} if this one is right"
            self.ask(where, what, first)
            return
        else:
            self.values[key] = list(value) if isinstance(value, list) else value
            self._said.setdefault(key, where)
        self._add(Finding(where, what, Fate.KEPT, why, key))

    def none(self, where: str, what: str, why: str) -> None:
        """Tell why nothing is needed for this."""
        self._add(Finding(where, what, Fate.NONE, why))

    def ask(self, where: str, what: str, why: str) -> None:
        """Tell what a person has to decide."""
        self._add(Finding(where, what, Fate.ASK, why))

    def refuse(self, key: str, why: str) -> None:
        """Take the key out again: its value is none that rawspoof takes."""
        self.values.pop(key, None)
        for number, finding in enumerate(self.findings):
            if finding.key == key:
                self.findings[number] = finding._replace(fate=Fate.ASK, why=f"{key}: {why}", key="")
                self.counts[Fate.KEPT] -= 1
                self.counts[Fate.ASK] += 1

    def _add(self, finding: Finding) -> None:
        self.counts[finding.fate] += 1
        if len(self.findings) < FINDINGS_MAX:
            self.findings.append(finding)
