"""A mail that says what happened in portspoof-py's form, and never more than a mail can hold."""

from email import message_from_bytes
from email.policy import SMTP

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rawspoof.config.model import Mail
from rawspoof.core.event import ScanDetected, ScanEnded, ScanUpdate, SessionOpened, Target
from rawspoof.edges.sinks.mail.digest import LINES_MAX, SCANS_MAX, SOURCES_MAX, Digest, message, wanted
from tests.edges.sinks.samples import AT, CREDENTIAL, DATA, DETECTED, DST, DST6, ENDED, OPENED, SCAN, SRC, SRC6, UPDATE

OTHER = bytes([203, 0, 113, 7])
MAIL = Mail(enabled=True, smtp_host="mx", smtp_user="sensor@example.org", to_addr="a@example.org, b@example.net")


def opened(port: int, greeting: bytes = b"", src: bytes = SRC, sport: int = 54312, at: float = AT) -> SessionOpened:
    return SessionOpened(at, src, sport, DST6 if len(src) == 16 else DST, port, "", greeting)


def digest(*events) -> Digest:
    made = Digest()
    for event in events:
        made.add(event)
    return made


MIXED = (DETECTED, UPDATE, ENDED, *(opened(port, src=src) for port in (1, 2) for src in (SRC, OTHER)))


def lines(made: Digest) -> list[str]:
    """The body without its head and foot, after a look at these."""
    first, blank, *told, empty, foot = made.body("sensor-1").splitlines()
    assert first == f"portspoof alert — {made.subject().removeprefix('[portspoof] ').removesuffix(' detected')}"
    assert (blank, empty, foot) == ("", "", "sensor-1, times are UTC")
    return told


def test_the_digest_of_portspoof_pys_manual():
    made = digest(
        opened(22, bytes.fromhex("485353482d322e302d4f70656e535348") + b"_9", at=1748788327.0),
        opened(23, bytes.fromhex("deadbeef0102"), sport=54398, at=1748788329.9),
        opened(3389, src=OTHER, sport=61204, at=1748788331.0),
    )
    assert made.subject() == "[portspoof] 3 connections detected"
    assert made.body("sensor-1") == (
        "portspoof alert — 3 connections\n"
        "\n"
        "2025-06-01 14:32:07  198.51.100.42:54312 → port 22  (18 B  485353482d322e302d4f70656e5353…)\n"
        "2025-06-01 14:32:09  198.51.100.42:54398 → port 23  (6 B  deadbeef0102)\n"
        "2025-06-01 14:32:11  203.0.113.7:61204 → port 3389  (0 B )\n"
        "\n"
        "sensor-1, times are UTC\n"
    )


def test_one_is_not_many():
    assert digest(opened(22)).subject() == "[portspoof] 1 connection detected"
    assert digest(opened(22), DETECTED).subject() == "[portspoof] 1 connection, 1 scan detected"


@pytest.mark.parametrize(("size", "shown"), [(15, "ab" * 15), (16, "ab" * 15 + "…")])
def test_hex_is_cut_after_thirty_digits(size, shown):
    assert lines(digest(opened(1, b"\xab" * size))) == [
        f"2025-06-01 14:32:07  198.51.100.42:54312 → port 1  ({size} B  {shown})"
    ]


def test_sources_are_kept_together():
    told = lines(digest(opened(1), opened(2, src=OTHER), opened(3), opened(4, src=SRC6)))
    assert [line.split("  ")[1] for line in told] == [
        "198.51.100.42:54312 → port 1", "198.51.100.42:54312 → port 3", "203.0.113.7:54312 → port 2",
        "[2001:db8::7]:54312 → port 4",
    ]  # fmt: skip


def test_a_scan_is_told_by_its_latest_report():
    assert lines(digest(DETECTED, opened(5, src=OTHER), opened(7), UPDATE, ENDED))[1:] == [
        "2025-06-01 14:32:07  198.51.100.42:54312 → port 7  (0 B )",
        "2025-06-01 14:32:05  198.51.100.42 scanned 1001 ports on 2 addresses  "
        "(syn, half-open; nmap; risk 250; level 1; the address is not proven)",
    ]
    one = SCAN | {"verified": True, "tool": "", "techniques": ("connect",), "port_count": 1, "target_count": 1}
    assert lines(digest(ScanEnded(**one))) == [
        "2025-06-01 14:32:05  198.51.100.42 scanned 1 port on 1 address  (connect; risk 250; level 1)"
    ]


def test_what_is_neither_is_not_told():
    assert not digest(CREDENTIAL, DATA)


def test_many_connections_of_one_source_are_a_number():
    told = lines(digest(*(opened(port) for port in range(1, 1001))))
    assert len(told) == LINES_MAX + 1
    assert told[-1] == f"… and {1000 - LINES_MAX} more connections from 198.51.100.42"


def test_many_sources_are_a_number():
    made = digest(*(opened(1, src=bytes([10, 0, number >> 8, number & 255])) for number in range(1000)))
    told = lines(made)
    assert len(told) == SOURCES_MAX + 1
    assert told[-1] == f"… and {1000 - SOURCES_MAX} more connections from other sources"
    assert made.subject() == "[portspoof] 1000 connections detected"


def test_of_many_scans_the_worst_are_told():
    scans = [
        ScanDetected(**SCAN | {"scan": f"{number:016x}", "src": number.to_bytes(4, "big"), "risk": number})
        for number in range(1000)
    ]
    told = lines(digest(*scans[::-1]))
    assert len(told) == SCANS_MAX + 1
    assert told[-1] == f"… and {1000 - SCANS_MAX} more scans of lower risk"
    assert {int(line.partition("risk ")[2].partition(";")[0]) for line in told[:-1]} == set(range(950, 1000))


def test_a_mail_is_short_whatever_happens():
    made = Digest()
    for number in range(2000):
        src = number.to_bytes(2, "big").rjust(16, b"\xff")
        for port in range(12):
            made.add(opened(port, bytes(9000), src))
        long = {"scan": str(number), "src": src, "tool": "\n" * 9000, "techniques": ("x" * 500,) * 9}
        made.add(ScanDetected(**SCAN | long))
    assert len(made.body("sensor").encode()) < 100_000


@given(st.lists(st.sampled_from(MIXED)), st.integers(0, 30))
def test_what_joins_a_digest_that_was_not_sent_is_told_as_if_it_had(events, cut):
    first, later = digest(*events[:cut]), digest(*events[cut:])
    first.absorb(later)
    assert (first.body("s"), first.subject()) == (digest(*events).body("s"), digest(*events).subject())


@pytest.mark.parametrize(
    ("event", "ports", "told"),
    [
        (OPENED, (), True),
        (OPENED, (443, 22), True),
        (OPENED, (22,), False),
        (DETECTED, (), True),
        (DETECTED, (80,), True),
        (DETECTED, (1000,), True),
        (DETECTED, (443,), True),
        (DETECTED, (1001,), False),
        (UPDATE, (), False),
        (CREDENTIAL, (), False),
    ],
)
def test_what_triggers(event, ports, told):
    assert wanted(event, Mail(trigger_ports=ports)) is told


def test_scans_can_be_left_out():
    assert not wanted(ENDED, Mail(scans=False))
    assert wanted(OPENED, Mail(scans=False))


def test_a_list_of_ports_that_was_cut_is_read_as_far_as_it_goes():
    scan = ScanUpdate(**SCAN | {"targets": (Target(DST, 9, "22,8000-8100,…"),), "dport": 1})
    report = ScanEnded(**{name: getattr(scan, name) for name in scan.__struct_fields__})
    assert [wanted(report, Mail(trigger_ports=(port,))) for port in (22, 23, 8050, 8101)] == [True, False, True, False]


def test_the_mail_around_it():
    made = message("[portspoof] 1 connection detected", "tschüß → …\n.\n" + "x" * 2000 + "\n", MAIL, AT, "abc")
    read = message_from_bytes(made.as_bytes(), policy=SMTP)
    assert dict(read.items()) == {
        "Subject": "[portspoof] 1 connection detected",
        "From": "sensor@example.org",
        "To": "a@example.org, b@example.net",
        "Date": "Sun, 01 Jun 2025 14:32:07 +0000",
        "Message-ID": "<abc@example.org>",
        "Auto-Submitted": "auto-generated",
        "Content-Type": 'text/plain; charset="utf-8"',
        "Content-Transfer-Encoding": "quoted-printable",
        "MIME-Version": "1.0",
    }
    assert read.get_content() == "tschüß → …\r\n.\r\n" + "x" * 2000 + "\r\n"
    assert all(len(line) < 200 for line in made.as_bytes().splitlines())
    assert made.as_bytes().isascii()


@pytest.mark.parametrize("field", ["smtp_user", "from_addr", "to_addr"])
def test_no_header_can_be_put_in_between(field):
    broken = {"smtp_user": "", field: "a@b.example\r\nBcc: victim@example.net"}
    with pytest.raises(ValueError, match=r"linefeed|[Hh]eader"):
        message("s", "b", Mail(**{"to_addr": "a@b.example", **broken}), AT, "x")
