"""A configuration file to what it says, unchecked, and where it says it; or one line for whatever else the file is.

Reads one file, of so many bytes and no more. Knows no key.
"""

import os
import re
import stat
import tomllib
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from rawspoof.config import mistaken
from rawspoof.config.error import ConfigError
from rawspoof.config.keys import SECTIONS
from rawspoof.config.lines import lines
from rawspoof.core.signature.foreign.portspoof import is_conf

FILE_BYTES_MAX: Final = 1 << 20
"""Of our own file; the default one, with its comments, has a fiftieth of it."""

CONF_BYTES_MAX: Final = 64 << 20
"""Of a portspoof.conf: a KiB for each port."""

PORTSPOOF_CONF: Final = "portspoof_conf"
"""The key that a portspoof.conf in place of our own file sets."""

_DEEP: Final = re.compile(r"(?<![\w\"'-])(?:[\w\"'-]++[ \t]*+\.[ \t]*+){100}")
"""A name of so many parts; reading one takes the square of their number."""
_LONG: Final = re.compile(r"(?<![0-9A-Fa-f_])[0-9A-Fa-f_]{1000}")
"""A number of so many digits; a machine's have twenty."""
_PLACE: Final = re.compile(r" \(at (?:line (\d+), column (\d+)|(end of document))\)$")


class Said(NamedTuple):
    """What a file says."""

    values: dict[str, object]
    """By dotted key."""
    lines: Mapping[str, int]
    """Where, see `lines`."""


def read(path: str | None) -> Said:
    """What a file says; nothing for None. Raises ConfigError where it is no TOML, and no portspoof.conf.

    A portspoof.conf says one thing: that it is one.
    """
    if path is None:
        return Said({}, {})
    data = contents(path, CONF_BYTES_MAX)
    if what := mistaken.of_bytes(data):
        raise ConfigError(f"{path}: is no configuration but {what}")
    if len(data) <= CONF_BYTES_MAX and is_conf(data.decode("latin-1")):
        return Said({PORTSPOOF_CONF: path}, {})
    if len(data) > FILE_BYTES_MAX:
        raise ConfigError(f"{path}: is longer than {FILE_BYTES_MAX} bytes; no configuration is")
    if not data.strip():
        raise ConfigError(f"{path}: is empty: `rawspoof config init` writes one (without -c, the defaults count)")
    text = _text(path, data)
    values = dict(_flat(_table(path, text)))
    if "service" in values:
        raise ConfigError(f"{path}: is no configuration but services; it is given with -s, or in `signatures`")
    return Said(values, lines(text))


def contents(path: str, bytes_max: int) -> bytes:
    """A file's bytes; one more than `bytes_max` where it has more. Raises ConfigError for what is no file.

    Never waits, as a pipe would make one do; and a device may have no end.
    """
    try:
        with open(path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK)) as file:
            mode = os.fstat(file.fileno()).st_mode
            if not stat.S_ISREG(mode):
                what = "a pipe" if stat.S_ISFIFO(mode) else "a device"
                raise ConfigError(f"{path}: is {what}; expected a file, for it is read again at a reload")
            # Of what is no file after all, though it says so, there may be nothing yet.
            return file.read(bytes_max + 1) or b""
    except IsADirectoryError:
        raise ConfigError(f"{path}: is a folder; expected a file in it") from None
    except OSError as wrong:
        raise ConfigError(f"{path}: cannot be read: {wrong.strerror}") from None


def _text(path: str, data: bytes) -> str:
    try:
        # Some editors put a mark before the text.
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as wrong:
        line = data[: wrong.start].count(b"\n") + 1
        raise ConfigError(f"{path}:{line}: expected UTF-8 text; save it as that") from None


def _table(path: str, text: str) -> dict[str, object]:
    if found := _DEEP.search(text):
        raise ConfigError(f"{path}:{_line(text, found)}: not TOML: a name of more than 100 parts")
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as wrong:
        if what := mistaken.of_text(text):
            raise ConfigError(f"{path}: is no configuration but {what}") from None
        if not isinstance(wrong, tomllib.TOMLDecodeError | RecursionError) and (found := _LONG.search(text)):
            raise ConfigError(f"{path}:{_line(text, found)}: a number of more than 1000 digits") from None
        place = _PLACE.search(str(wrong))
        why = f"not TOML: {'nested too deeply' if isinstance(wrong, RecursionError) else _PLACE.sub('', str(wrong))}"
        if place and place[3]:
            raise ConfigError(f"{path}:{text.count(chr(10)) + 1}: {why}: the file ends there; is it cut off?") from None
        raise ConfigError(f"{path}:{place[1]}: {why} (column {place[2]})" if place else f"{path}: {why}") from None


def _line(text: str, found: re.Match[str]) -> int:
    return text.count("\n", 0, found.start()) + 1


def _flat(table: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    for name, value in table.items():
        if name in SECTIONS and isinstance(value, dict):
            yield from ((f"{name}.{key}", inner) for key, inner in value.items())
        else:
            yield name, value
