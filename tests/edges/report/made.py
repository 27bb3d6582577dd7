"""Scans and credentials for reports, and what attackers would put into every field of them."""

import msgspec

from rawspoof.core.event import Scan, ServiceCredential, Target
from rawspoof.edges.report.summary import Found
from tests.edges.sinks.samples import AT, CREDENTIAL, DST, ENDED, SRC, SRC6

HOSTILE = (
    "<script>alert(1)</script>",
    "\x1b[2J\x1b]0;owned\x07",
    "two\r\nlines\ttab",
    '"quoted", \'and\' `ticked`',
    "=cmd|' /C calc'!A0",
    "+1", "-1", "@SUM(A1)",
    "[click](http://evil.example) www.evil.example a@evil.example",
    "| a | b |", "\\", "&lt;", "]]>", "-->", "</style>", "\u202egnp.exe", "\x00", "ü" * 300, "\x9b31m",
)  # fmt: skip
INVALID = b"\xff\xfe\x80<b>\xc3("
LONG = b"A" * 1_000_000


def scan(source: bytes = SRC, name: str = "one", **fields: object) -> Scan:
    return msgspec.structs.replace(ENDED, src=source, scan=name, **fields)


def hostile_scan(text: str) -> Scan:
    targets = (Target(DST, 3, text), Target(b"odd", 1, "1-2"))
    words = (text, text)
    return scan(
        name=text, tool=text, system=text, techniques=words, attack=words, targets=targets, kinds={text: 1}, risk=999
    )


def tried(user: bytes, secret: bytes) -> ServiceCredential:
    return msgspec.structs.replace(CREDENTIAL, user=user, secret=secret)


def found(scans: list[Scan], credentials: list[ServiceCredential]) -> Found:
    hour = int(AT) // 3600 * 3600
    hours = {(hour, "session.open"): 4, (hour, "scan.ended"): 2, (hour + 7200, "service.credential"): 3}
    return Found(iter(scans), iter(credentials), {22: 3, 80: 1}, hours)


def hostile() -> Found:
    scans = [hostile_scan(text) for text in HOSTILE]
    scans = [msgspec.structs.replace(one, src=bytes([203, 0, 113, n])) for n, one in enumerate(scans)]
    secrets = [text.encode("utf-8", "replace") for text in HOSTILE] + [INVALID, LONG]
    return found([*scans, scan(b"abc", held_s=float("nan"))], [tried(text, text[::-1]) for text in secrets])


def usual() -> Found:
    """Two sources, one of which two workers met."""
    one = scan(
        name="a", targets=(Target(DST, 3, "20-22"),), target_count=1, port_count=3, verified=True, opened=2, risk=300
    )
    two = scan(name="b", targets=(Target(DST, 2, "22-23"),), target_count=1, port_count=2, tool="hydra", confidence=0.5,
               techniques=("syn", "brute-force"), attack=("T1110",), first_at=AT - 60.0)  # fmt: skip
    six = scan(SRC6, "c", targets=(Target(DST, 1, "22"),), target_count=1, port_count=1, tool="", techniques=("fin",))
    logins = [tried(b"root", b"123456"), tried(b"root", b""), tried(b"root", b"123456")]
    return found([one, two, six], logins)
