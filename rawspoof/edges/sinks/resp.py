"""RESP2, how Redis is spoken to: commands out, answers in. Knows no command by name.

https://redis.io/docs/latest/develop/reference/protocol-spec
"""

from typing import Final

from rawspoof.edges.sinks.stream import Garbage, Stream

DEPTH_MAX: Final = 4
ITEMS_MAX: Final = 4096
"""Arrays we ask for are a batch long at most, and two deep."""


class Refusal(ValueError):
    """Redis says that it will not, and why."""


Answer = int | bytes | str | None | Refusal | list["Answer"]
"""A Refusal is given rather than raised: in an array, others stand beside it."""


def command(*words: str | bytes) -> bytes:
    """A command and its arguments."""
    said = [word.encode() if isinstance(word, str) else word for word in words]
    return b"*%d\r\n" % len(said) + b"".join([b"$%d\r\n%b\r\n" % (len(word), word) for word in said])


def answer(stream: Stream, depth: int = 0) -> Answer:
    """The next answer. Raises OSError; Garbage for what is none."""
    line = stream.line()
    mark, text = line[:1], line[1:]
    if mark == b"+":
        return text.decode(errors="replace")
    if mark == b"-":
        return Refusal(text.decode(errors="replace"))
    if mark not in (b":", b"$", b"*"):
        raise Garbage(f"not RESP: {line[:100]!r}")
    number = _number(text)
    if mark == b":":
        return number
    if number < 0:
        return None
    if mark == b"$":
        return stream.exactly(number + 2)[:-2]
    if depth >= DEPTH_MAX or number > ITEMS_MAX:
        raise Garbage(f"an array of {number} in {depth} others")
    return [answer(stream, depth + 1) for _ in range(number)]


def _number(text: bytes) -> int:
    try:
        return int(text)
    except ValueError:
        raise Garbage(f"not a number: {text[:100]!r}") from None
