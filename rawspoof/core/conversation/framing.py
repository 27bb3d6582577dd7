"""Where a request ends in the bytes heard so far. Knows the shape of requests, not what they ask.

A frame depends on the bytes alone and never on how they were cut into segments.
"""

import re
from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

from rawspoof.core.signature.frame import FrameName, Sized

REQUEST_MAX: Final = 16 * 1024
"""Bytes of one request; precedents: nginx and Apache allow 8 KiB to a line and some lines more."""

_PROTOCOL = re.compile(rb"\S+ .*[A-Z]/\d(?:\.\d)?\r?\n")
_HEAD_END = re.compile(rb"\r?\n\r?\n")


class Frame(NamedTuple):
    """A whole request, and how many bytes of the buffer it and its end took."""

    request: bytes
    taken: int
    last: bool = False
    """True where the bytes cannot be cut into requests: the conversation ends with the answer to these."""


class Part(Frame):
    """What is taken in at once but asks nothing yet: a typed character, say. See `Speaker.typed`."""

    __slots__ = ()


def line(heard: bytearray) -> Frame | None:
    """The first line without its end (LF or CR LF), or None while there is none."""
    end = heard.find(b"\n") + 1
    return Frame(bytes(heard[:end]).rstrip(b"\r\n"), end) if end else None


def http(heard: bytearray) -> Frame | None:
    """The first request head, or None while it is not whole.

    Empty lines before it do not count (RFC 9112 §2.2). What cannot become a request line is whole at once, as a
    server refuses it at once: a first byte that is no letter (TLS, say), and a line that names no protocol.
    """
    skipped = len(heard) - len(heard.lstrip(b"\r\n"))
    end = heard.find(b"\n", skipped) + 1
    if skipped < len(heard) and not heard[skipped : skipped + 1].isalpha():
        end = skipped + 1
    elif not end:
        return None
    elif _PROTOCOL.match(heard, skipped, end):
        head = _HEAD_END.search(heard, skipped)
        if not head:
            return None
        end = head.end()
    return Frame(bytes(heard[skipped:end]), end)


def nul(heard: bytearray) -> Frame | None:
    """All up to the first zero byte, without it."""
    end = heard.find(b"\0") + 1
    return Frame(bytes(heard[: end - 1]), end) if end else None


def ber(heard: bytearray) -> Frame | None:
    """One BER element of definite length, its identifier in one octet. X.690 §8.1."""
    if len(heard) < 2:
        return None
    digits = heard[1] & 0x7F if heard[1] & 0x80 else 0
    if len(heard) < 2 + digits:
        return None
    length = int.from_bytes(heard[2 : 2 + digits], "big") if digits else heard[1]
    return _cut(heard, 2 + digits, 2 + digits + length)


def matched(whens: Iterable[re.Pattern[bytes]], heard: bytearray) -> Frame | None:
    """All up to the earliest place where one of the patterns has matched, or None while none has."""
    ends = [found.end() for when in whens if (found := when.match(heard))]
    return Frame(bytes(heard[: min(ends)]), min(ends)) if ends else None


def sized(spec: Sized, heard: bytearray) -> Frame | None:
    """The first request of the length that it tells; what tells none that can be is its head alone, and the last."""
    if len(heard) < spec.head:
        return None
    told = int.from_bytes(heard[spec.at : spec.at + spec.size], spec.order)
    return _cut(heard, spec.head, told + spec.left_out)


def _cut(heard: bytearray, head: int, length: int) -> Frame | None:
    if not head <= length <= REQUEST_MAX:
        return Frame(bytes(heard[:head]), head, last=True)
    return Frame(bytes(heard[:length]), length) if len(heard) >= length else None


_NAMED: Final[dict[str, Callable[[bytearray], Frame | None]]] = {
    "line": line,
    "http": http,
    "nul": nul,
    "ber": ber,
}


def first(spec: FrameName | Sized, heard: bytearray, whens: Iterable[re.Pattern[bytes]] = ()) -> Frame | None:
    """The first whole request, as `spec` has it, or None while there is none. `whens` are those of the answers."""
    if isinstance(spec, Sized):
        return sized(spec, heard)
    return matched(whens, heard) if spec == "match" else _NAMED[spec](heard)
