"""Reads a fuzz world's word list and wrappers. What is sent of them, and when, is `core.conversation.fuzz`'s."""

from pathlib import Path

from rawspoof.config.model import World
from rawspoof.core.conversation.fuzz import Payloads


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
        lines = [line for line in Path(path).read_bytes().splitlines() if line]
    except OSError as error:
        raise ValueError(f"{key}: {path}: {error.strerror}") from None
    if not lines:
        raise ValueError(f"{key}: {path}: there is nothing in it")
    return lines
