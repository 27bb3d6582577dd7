"""Tells by its content what a file of portspoof's or portspoof-py's is. Reads nothing, and asks no file's name."""

import re
from enum import Enum
from typing import Final, NamedTuple

from rawspoof.config.load import ConfigError
from rawspoof.core.signature.foreign.portspoof import is_conf

BYTES_MAX: Final = 64 << 20
"""Of a signature file or a portspoof.conf; nmap's has 2.5 million."""
TEXT_BYTES_MAX: Final = 1 << 20
"""Of a script, rules and the like; a firewall of ten thousand rules is that long."""

KNOWN: Final = (
    "a portspoof.conf, a signature file, iptables-save's output, an init script or its defaults, a systemd unit,"
    " email.json or admin.passwd"
)


class Input(NamedTuple):
    """A file, read."""

    name: str
    data: bytes
    mode: int | None = None
    """Who may read it; None where that says nothing (a pipe)."""

    @property
    def text(self) -> str:
        """As a person wrote it, or byte by byte where that is no UTF-8."""
        try:
            return self.data.decode()
        except UnicodeDecodeError:
            return self.data.decode("latin-1")

    @property
    def bytewise(self) -> str:
        """A character a byte, as the readers of payloads and patterns want it."""
        return self.data.decode("latin-1")


class Kind(Enum):
    """What a file can be."""

    CONF = "portspoof.conf"
    SIGNATURES = "signature file"
    RULES = "iptables-save"
    SCRIPT = "shell script"
    UNIT = "systemd unit"
    EMAIL = "email.json"
    PASSWD = "admin.passwd"  # noqa: S105  a file's name


_LOOKS: Final = (
    (Kind.UNIT, re.compile(r"^\[(Service|Unit)\]\s*$", re.MULTILINE)),
    (Kind.RULES, re.compile(r"^\*(nat|filter|raw|mangle|security)\s*$", re.MULTILINE)),
    (Kind.SCRIPT, re.compile(r"\A#!\s*\S*sh\b|^\s*PS_[A-Z]+=|\bip6?tables(-legacy|-nft)?\s+-", re.MULTILINE)),
    (Kind.SCRIPT, re.compile(r"^\s*(sudo\s+)?\S*portspoof\s+-\w|portspoof[_-]py\s+-", re.MULTILINE)),
    (Kind.SIGNATURES, re.compile(r"^Probe (TCP|UDP) ", re.MULTILINE)),
    (Kind.PASSWD, re.compile(r"\A[^\s:#\"\\]+:[^\n\"]+\n?\Z")),
)
_PATTERN: Final = re.compile(r"\\[rndwsx0.]|\[[^\]]*\]|\(.*\)|[.\])][*+]")
_LOOKED_AT: Final = 512
"""Bytes of a line: enough to tell a pattern."""
_OURS: Final = re.compile(r"^\[\[?[a-z]+\]\]?\s*$", re.MULTILINE)


def kind_of(given: Input) -> Kind:
    """What it is. Raises ConfigError, in one line with the cure, for what is none of these."""
    if len(given.data) > BYTES_MAX:
        raise ConfigError(f"{given.name}: is longer than {BYTES_MAX} bytes; expected {KNOWN}")
    if not given.data.strip():
        raise ConfigError(f"{given.name}:1: is empty; expected {KNOWN}")
    if b"\0" in given.data:
        line = given.data[: given.data.index(b"\0")].count(b"\n") + 1
        raise ConfigError(f"{given.name}:{line}: is binary; expected {KNOWN}")
    kind = _kind(given)
    if kind not in (Kind.SIGNATURES, Kind.CONF) and len(given.data) > TEXT_BYTES_MAX:
        raise ConfigError(f"{given.name}: is longer than {TEXT_BYTES_MAX} bytes, too long for a {kind.value}")
    return kind


def _kind(given: Input) -> Kind:
    text = given.bytewise
    if text.lstrip().startswith("{"):
        return Kind.EMAIL
    head = text[:TEXT_BYTES_MAX]
    if is_conf(head):
        return Kind.CONF
    for kind, look in _LOOKS:
        if look.search(head):
            return kind
    lines = [line for line in head.split("\n") if line.strip()]
    # A tenth: many of nmap's patterns are plain words.
    if not _OURS.search(head) and sum(bool(_PATTERN.search(line[:_LOOKED_AT])) for line in lines) * 10 >= len(lines):
        return Kind.SIGNATURES
    raise ConfigError(f"{given.name}:{_first(text)}: is nothing that portspoof or portspoof-py reads; expected {KNOWN}")


def _first(text: str) -> int:
    """The number of the first line with something on it."""
    return text[: len(text) - len(text.lstrip())].count("\n") + 1
