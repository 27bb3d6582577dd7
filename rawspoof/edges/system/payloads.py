"""Reads a fuzz world's word list and wrappers. What is sent of them, and when, is `core.conversation.fuzz`'s."""

from typing import Final

from rawspoof.config.error import ConfigError
from rawspoof.config.model import World
from rawspoof.config.reading import contents
from rawspoof.core.conversation.fuzz import Payloads

FILE_BYTES_MAX: Final = 64 << 20
"""Of a word list; the longest that people pass around have a quarter of it."""


def load_payloads(world: World) -> Payloads:
    """The payloads of a fuzz world. Raises ValueError, in one line, for a file that cannot be read or holds nothing."""
    words = _lines(world.fuzz_wordlist, "world.fuzz_wordlist")
    wrappers = _lines(world.fuzz_wrapper, "world.fuzz_wrapper")
    try:
        return Payloads(words, wrappers)
    except ValueError as error:
        raise ValueError(f"{world.fuzz_wrapper}: {error}") from None


def _lines(path: str, key: str) -> list[bytes]:
    """The lines of a file without their ends, empty ones left out; no file, no lines."""
    if not path:
        return []
    try:
        data = contents(path, FILE_BYTES_MAX)
    except ConfigError as error:
        raise ValueError(f"{key}: {error}") from None
    if len(data) > FILE_BYTES_MAX:
        raise ValueError(f"{key}: {path}: is longer than {FILE_BYTES_MAX} bytes; name a shorter list")
    lines = [line for line in data.splitlines() if line]
    if not lines:
        raise ValueError(f"{key}: {path}: there is nothing in it")
    return lines
