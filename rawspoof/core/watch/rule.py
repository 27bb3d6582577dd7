"""Rules of `signatures/scanners/*.toml`: who a source is by its packets' facts, what its words tell. Reads no file."""

import re
import tomllib
from collections.abc import Sequence
from typing import Annotated, Final, NamedTuple
from urllib.parse import unquote_to_bytes

import msgspec
from msgspec import Meta

from rawspoof.core.watch.facts import FACTS, Facts, Value
from rawspoof.core.watch.sample import Sample

Share = Annotated[float, Meta(gt=0, le=1)]


class PacketRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A tool, or an operating system, by facts that its packets have in common."""

    name: str
    """What is said when all of `when` holds."""
    when: dict[str, int | str | bool | list[int | str]]
    """Fact → its value, or those it may have; `same` or `differs` for one that is, or is not, alike in all packets."""
    confidence: Share = 0.5
    probes: Annotated[int, Meta(ge=1)] = 1
    """Packets it takes."""
    sign: str = ""
    """What gave it away, in few words: told with the name."""
    source: str
    """Where this is known from."""


class WordRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A tool, a technique, or both, by the bytes that a source sends."""

    has: tuple[str, ...] = ()
    """Plain words, of which one must stand in the first WORDS_MAX bytes of a request, capitals or not."""
    when: str = ""
    """Regular expression, searched in the same bytes once a word was found."""
    tool: str = ""
    technique: str = ""
    sign: str = ""
    """What it is called: a probe, a vulnerability. Told with the technique."""
    confidence: Share = 0.9
    example: str
    """A request that it is made for; tests replay it."""
    source: str
    """Where this is known from."""


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    tool: tuple[PacketRule, ...] = ()
    system: tuple[PacketRule, ...] = ()
    words: tuple[WordRule, ...] = ()


WORDS_MAX: Final = 2048
"""Bytes of a request that are searched."""


class Words(NamedTuple):
    """A rule for words, ready to be asked."""

    has: tuple[bytes, ...]
    """In lower case."""
    pattern: re.Pattern[bytes] | None
    rule: WordRule

    def found(self, text: bytes, lower: bytes) -> bool:
        """Whether they are in a request's `plain` text, given as it is and in lower case."""
        for word in self.has:
            if word in lower:
                break
        else:
            if self.has:
                return False
        return self.pattern is None or self.pattern.search(text) is not None


class Rules(NamedTuple):
    """All of them, best first."""

    tools: tuple[PacketRule, ...] = ()
    systems: tuple[PacketRule, ...] = ()
    words: tuple[Words, ...] = ()


def parse(texts: Sequence[str]) -> Rules:
    """The rules of some files. Raises ValueError, in a line, for what is none."""
    files = [_convert(text) for text in texts]
    words = [rule for file in files for rule in file.words]
    return Rules(
        tuple(sorted((_checked(r) for f in files for r in f.tool), key=lambda rule: -rule.confidence)),
        tuple(sorted((_checked(r) for f in files for r in f.system), key=lambda rule: -rule.confidence)),
        tuple(_ready(rule) for rule in sorted(words, key=lambda rule: -rule.confidence)),
    )


def plain(data: bytes) -> bytes:
    """A request's first WORDS_MAX bytes, and again without percent signs, once and twice decoded."""
    text = data[:WORDS_MAX]
    for _ in range(2):
        if b"%" not in data:
            break
        data = unquote_to_bytes(data[:WORDS_MAX])
        text += b"\n" + data
    return text


def first(rules: Sequence[PacketRule], probes: Sequence[Sample]) -> PacketRule | None:
    """The best rule that holds of these packets, None if none does."""
    known = Facts(probes)
    return next((rule for rule in rules if len(probes) >= rule.probes and holds(rule, known)), None)


def holds(rule: PacketRule, known: Facts) -> bool:
    """Whether packets with these facts are as the rule has them."""
    return all(_meets(wanted, known.get(name)) for name, wanted in rule.when.items())


def _meets(wanted: int | str | bool | list[int | str], value: Value) -> bool:
    if wanted in ("differs", "same"):
        return (value is None) == (wanted == "differs")
    return value in wanted if isinstance(wanted, list) else value == wanted


def _convert(text: str) -> _File:
    try:
        return msgspec.convert(tomllib.loads(text), _File)
    except msgspec.ValidationError as error:
        raise ValueError(str(error)) from None


def _checked(rule: PacketRule) -> PacketRule:
    if unknown := sorted(set(rule.when) - set(FACTS)):
        raise ValueError(f"`{unknown[0]}` is no fact (rule for {rule.name}); there are {', '.join(FACTS)}")
    return rule


def _ready(rule: WordRule) -> Words:
    if not (rule.has or rule.when):
        raise ValueError(f"a rule for words has neither `has` nor `when`: {rule.source}")
    try:
        pattern = re.compile(rule.when.encode("latin-1"), re.DOTALL) if rule.when else None
    except re.error as error:
        raise ValueError(f"`when = {rule.when}`: {error}") from None
    return Words(tuple(word.lower().encode("latin-1") for word in rule.has), pattern, rule)
