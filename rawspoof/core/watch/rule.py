"""Rules of `signatures/scanners/*.toml`: who a source is by its packets' facts, what its words tell. Reads no file."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from typing import Annotated, Final, NamedTuple

import msgspec
from msgspec import Meta

from rawspoof.core.watch.facts import Value

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
    source: str
    """Where this is known from."""


class WordRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A tool or a technique by the bytes that it sends."""

    when: str
    """Regular expression, searched in the first WORDS_MAX bytes of a request."""
    tool: str = ""
    technique: str = ""
    confidence: Share = 0.9
    source: str
    """Where this is known from."""


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    tool: tuple[PacketRule, ...] = ()
    system: tuple[PacketRule, ...] = ()
    words: tuple[WordRule, ...] = ()


WORDS_MAX: Final = 2048
"""Bytes of a request that are searched."""


class Rules(NamedTuple):
    """All of them, best first."""

    tools: tuple[PacketRule, ...] = ()
    systems: tuple[PacketRule, ...] = ()
    words: tuple[tuple[re.Pattern[bytes], WordRule], ...] = ()


def parse(texts: Sequence[str]) -> Rules:
    """The rules of some files. Raises ValueError, in a line, for what is none."""
    files = [_convert(text) for text in texts]
    words = [rule for file in files for rule in file.words]
    return Rules(
        tuple(sorted((r for f in files for r in f.tool), key=lambda rule: -rule.confidence)),
        tuple(sorted((r for f in files for r in f.system), key=lambda rule: -rule.confidence)),
        tuple((_compiled(rule.when), rule) for rule in sorted(words, key=lambda rule: -rule.confidence)),
    )


def first(rules: Sequence[PacketRule], known: Mapping[str, Value]) -> PacketRule | None:
    """The best rule that holds, None if none does."""
    return next((rule for rule in rules if holds(rule, known)), None)


def holds(rule: PacketRule, known: Mapping[str, Value]) -> bool:
    """Whether packets with these facts are as the rule has them."""
    probes = known.get("probes")
    if not isinstance(probes, int) or probes < rule.probes:
        return False
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


def _compiled(pattern: str) -> re.Pattern[bytes]:
    try:
        return re.compile(pattern.encode("latin-1"), re.DOTALL)
    except re.error as error:
        raise ValueError(f"`when = {pattern}`: {error}") from None
