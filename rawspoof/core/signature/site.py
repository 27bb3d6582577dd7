"""A web server's pages and manners: which response each situation gets, and the templates of it. Knows no request.

A response is its head and its body, two templates, so that the head can tell the body's length, and be sent alone.
"""

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from rawspoof.core.signature.draws import Stamp
from rawspoof.core.signature.layout import Part
from rawspoof.core.signature.template import Template

ASKED: Final = frozenset(
    ("proto", "connection", "length", "size", "method", "target", "server", "server_port", "nonce", "modified", "icon")
)
"""Facts that only a request brings: gaps of every response's templates beside those of the set and the host."""
STAMPS: Final = frozenset(("mtime", "mtime_us"))
"""When the index was written, in hexadecimal seconds and microseconds, as servers make entity tags of it; only beside
`modified`, the date itself."""


def fill(template: Template, facts: Mapping[str, bytes], now: float) -> bytes:
    """What a template says with these facts at this moment: as `bind` and `render`, in a tenth of the time."""
    try:
        return b"".join([p if type(p) is bytes else _given(p, facts, now) for p in template.parts])
    except KeyError:
        # A gap that is no plain fact: drawn, shaped, or counted.
        return template.bind(facts).render(now)


def _given(part: Part, facts: Mapping[str, bytes], now: float) -> bytes:
    return facts[part] if isinstance(part, str) else part.give(now) if isinstance(part, Stamp) else part


class Response(NamedTuple):
    """What is said in one situation."""

    code: int
    """Its status, 0 where a set's fields tell it."""
    head: Template
    """All lines up to and with the empty one; `connection` stands for whole lines or for nothing."""
    body: Template
    close: bool
    """Whether the connection ends with it, whatever the client wishes."""


class Page(NamedTuple):
    """A response at some place."""

    when: re.Pattern[bytes]
    """Matched at the start of a request line in origin form, its method GET where it was HEAD."""
    response: Response


class Site(NamedTuple):
    """A web server as its file has it."""

    pages: tuple[Page, ...]
    """The index is the last."""
    cases: Mapping[str, Response]
    """By name, see `codec.CASES`; one that is missing does not arise, or is answered as another."""
    keep_s: float
    """How long an idle connection is kept; 0: it is closed after each answer."""
    keep_max: int
    """Requests of one connection."""
    kept: bytes
    """Lines that tell a client that asked to keep the connection that it is kept."""
    stays: bytes
    """The same for one that did not ask, because HTTP/1.1 keeps it anyway."""
    closes: bytes
    """The line that tells that the connection ends."""
    closes_always: bool
    """Whether that line is said to HTTP/1.0 too, which expects no other thing."""
    proto: Template
    """The version it answers in to HTTP/1.0."""
    echoes: bool
    """Whether it answers HTTP/1.1 in HTTP/1.1, whatever `proto` says."""
    body_max: int
    """Bytes of a request's body, more are refused."""
    delay_s: float
    """How long it thinks about a password."""
    message: Template
    """What a form shows to whom it refused."""
    tunnels: bool
    """Whether it is a proxy: others' addresses are a case of their own."""
    wants: frozenset[str]
    """Facts that its templates name."""
