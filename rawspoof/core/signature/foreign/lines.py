"""Patterns without a word about their service (portspoof's) to entries: the protocol is told by what is said.

Decides who speaks first. Reads no file.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from rawspoof.core.signature.foreign import requests
from rawspoof.core.signature.foreign.expander import expand
from rawspoof.core.signature.foreign.portspoof import Payload, literal, pattern
from rawspoof.core.signature.foreign.press import SPEECHLESS, Left, Made, Outcome, gaps, rename, seeded
from rawspoof.core.signature.imported import Entry, Request
from rawspoof.core.signature.pattern.make import make
from rawspoof.core.signature.pattern.match import Matcher
from rawspoof.core.signature.pattern.parse import parse

_OTHER_HOST: Final = b"mail.oakfield.home.arpa"


VARIANTS_MAX: Final = 64
"""Texts made of one payload of a range; 65,535 would take a minute and nobody would see the difference."""

_ANY = re.compile(b"")


class Speech(NamedTuple):
    """A protocol told by its first bytes, and what a server of it waits for; None: it greets."""

    looks: re.Pattern[bytes]
    protocol: str
    request: Request | None


_SPEECHES: Final = tuple(
    Speech(re.compile(looks, re.DOTALL), protocol, request)
    for looks, protocol, request in (
        (rb"HTTP/1\.[01] [45]", "http", requests.COMPLAINT),
        (rb"HTTP/|<!DOCTYPE|<html|<HTML", "http", requests.ANY_HTTP),
        (rb"RTSP/", "rtsp", requests.RTSP),
        (rb"SIP/", "sip", requests.SIP),
        (rb"SSH-", "ssh", None),
        (rb"2[25]0[ -].*(?:[EL]?SMTP|[Mm]ail)", "smtp", None),
        (rb"220[ -]|5[35]0[ -]", "ftp", None),
        (rb"\+OK|-ERR", "pop3", None),
        (rb"\* (?:OK|BYE|PREAUTH)", "imap", None),
        (rb"20[01] .*(?:NNTP|[Nn]ews)", "nntp", None),
        (rb"RFB \d", "vnc", None),
        (rb"\xff[\xfa-\xfe]|[^\n]*[Ll]ogin: ?\Z", "telnet", None),
        (rb"@RSYNCD", "rsync", None),
        (rb":\S+ NOTICE|NOTICE ", "irc", None),
    )
)


def outcomes(lines: Iterable[tuple[int, bytes]], secret: bytes, old: bool) -> list[Outcome]:
    """Every pattern as an identity whose text it matches, or a reason why not; `old`: as portspoof would send it.

    A pure function of the patterns and the secret; the numbers are those of the lines.
    """
    found: list[Outcome] = []
    for number, line in lines:
        seed = seeded(secret, line)
        try:
            said = (expand(line + b"\n", seed),) if old else _said(line, seed)
        except ValueError as e:
            found.append(Left(number, str(e)))
            continue
        # Who waits for what is not known of the others, so any word will do.
        speech = _speech(said) or Speech(_ANY, "unknown", requests.ANYTHING)
        found.append(Made(Entry(number, "", "", said), speech.protocol, "any", speech.request))
    return found


def pin(payloads: Mapping[int, Payload], secret: bytes, old: bool) -> list[Outcome]:
    """Every port's payload as an identity of the bundle that lists the port.

    Ports of one range draw texts of their own, up to VARIANTS_MAX different ones.
    """
    ports: dict[tuple[Payload, bytes], list[int]] = {}
    for port, payload in sorted(payloads.items()):
        seed = seeded(secret, b"%d" % (port % VARIANTS_MAX), payload.text)
        ports.setdefault((payload, seed), []).append(port)
    found: list[Outcome] = []
    for number, ((payload, seed), shared) in enumerate(ports.items()):
        said = (expand(payload.text, seed),) if old else _payload(payload.text, seed)
        speech = _speech(said) or Speech(_ANY, "unknown", None)
        entry = Entry(payload.line, "", "", said)
        found.append(Made(entry, speech.protocol, "any", speech.request, str(number), tuple(shared)))
    return found


def _said(line: bytes, seed: bytes) -> tuple[bytes | str, ...]:
    """A text that the pattern matches from its first byte; with gaps for the host's name, if it matches any name."""
    matcher = Matcher(parse(b"^(?:" + line + b")"))
    text, _ = make(matcher, seed, judge=lambda text, groups: "" if text else SPEECHLESS)
    return gaps(text) if matcher.search(rename(text, _OTHER_HOST)) else (text,)


def _payload(payload: bytes, seed: bytes) -> tuple[bytes | str, ...]:
    try:
        text, _ = make(Matcher(parse(b"^(?:" + pattern(payload) + b")$")), seed)
    except ValueError:
        text = literal(payload)
    return (text,)


def _speech(said: tuple[bytes | str, ...]) -> Speech | None:
    text = b"".join(part if isinstance(part, bytes) else part.encode() for part in said)
    return next((speech for speech in _SPEECHES if speech.looks.match(text)), None)
