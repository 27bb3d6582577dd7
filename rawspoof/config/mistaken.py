"""Files that are given as a configuration by mistake: what such a file is, and what it is good for.

Decides by its first bytes. Whether it is TOML is decided elsewhere.
"""

import re
from typing import Final

_BYTES: Final = (
    (b"\xa1\xb2\xc3\xd4", "a packet capture; `rawspoof replay` reads it"),
    (b"\xd4\xc3\xb2\xa1", "a packet capture; `rawspoof replay` reads it"),
    (b"\xa1\xb2\x3c\x4d", "a packet capture; `rawspoof replay` reads it"),
    (b"\x4d\x3c\xb2\xa1", "a packet capture; `rawspoof replay` reads it"),
    (b"\x0a\x0d\x0d\x0a", "a packet capture; `rawspoof replay` reads it"),
    (b"SQLite format 3\0", "a day of the store; `rawspoof events --store FOLDER` reads it"),
    (b"\x1f\x8b", "compressed (gzip); unpack it first"),
    (b"\xfd7zXZ\0", "compressed (xz); unpack it first"),
    (b"\x28\xb5\x2f\xfd", "compressed (zstd); unpack it first"),
    (b"PK\x03\x04", "compressed (zip); unpack it first"),
    (b"\x7fELF", "a program"),
    (b"\xff\xfe", "UTF-16 text; save it as UTF-8"),
    (b"\xfe\xff", "UTF-16 text; save it as UTF-8"),
    (b"-----BEGIN ", "a certificate or a key (PEM)"),
)
_TEXT: Final = (
    (re.compile(r"^Probe (TCP|UDP) ", re.MULTILINE), "an nmap-service-probes; it is given with -s, or in `signatures`"),
    (re.compile(r"\A\s*[\[{]\s*(\"|\})"), "JSON; an email.json is given with --email-config, or as mail.json_file"),
    (re.compile(r"^table (inet|ip|ip6) ", re.MULTILINE), "a ruleset of nft; `rawspoof rules` prints ours"),
    (re.compile(r"\A#!"), "a script"),
    (
        re.compile(r"^[^:\s]+:\$scrypt\$", re.MULTILINE),
        "a password file; it is given with --admin-passwd, or as admin.passwd_file",
    ),
)
_SIGNATURES: Final = "a file of portspoof's signatures; it is given with -s, or in `signatures`"
_PATTERN: Final = re.compile(r"\\[xdwsnrt0.]|\(\?|\[\^|\.\*|\[\w-\w")
_SETTING: Final = re.compile(r"\s*(\[+\s*[\w.\"' -]+\]+\s*(#.*)?$|[\w.\"'-]+\s*=)")

TOLD_OF: Final = 50
"""Lines that a file is judged by."""


def of_bytes(data: bytes) -> str | None:
    """What the file is, and the cure; None where nothing tells."""
    if what := next((what for magic, what in _BYTES if data.startswith(magic)), None):
        return what
    if b"\0" not in data:
        return None
    line = data[: data.index(b"\0")].count(b"\n") + 1
    return f"no text, or half-written: NUL bytes from line {line} on; write it anew (`rawspoof config init`)"


def of_text(text: str) -> str | None:
    """The same of a text that is no TOML."""
    if what := next((what for mark, what in _TEXT if mark.search(text)), None):
        return what
    said = [line for line in text.splitlines()[:TOLD_OF] if line.strip() and not line.startswith("#")]
    settings = sum(bool(_SETTING.match(line)) for line in said)
    patterns = sum(bool(_PATTERN.search(line)) for line in said)
    return _SIGNATURES if patterns > settings and patterns * 2 >= len(said) else None
