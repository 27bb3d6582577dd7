"""Events as lines: what each kind says, and that nothing in them is an order to a terminal or a spreadsheet."""

import csv
import io

import msgspec
import pytest

from rawspoof.edges.report import listing
from rawspoof.edges.store.queries import Numbered
from tests.edges.report.made import HOSTILE, INVALID, LONG, hostile_scan, tried
from tests.edges.sinks.samples import (
    CLOSED,
    CREDENTIAL,
    DATA,
    ENDED,
    EXAMPLES,
    HELLO,
    OPENED,
    REQUEST,
    SRC6,
    SYN,
)

SAID = {
    OPENED: "nginx  HTTP/1.1 200 \\r\\n",
    CLOSED: "peer-fin, heard 7.0 kB, said 21.0 kB, lasted 2 s",
    REQUEST: "nginx  GET /\\x00 HTTP/1.0\\r\\n\\r\\n",
    CREDENTIAL: "openssh  password: user root\\x1b[2J, secret 123456\\xff",
    HELLO: "www.example  t13d1516h2_8daaf6152771_e5627efa2ab1",
    SYN: "hello",
    DATA: "\\x00\\xffGET \\\\ \"<b>'\\t",
}


@pytest.mark.parametrize("event", SAID)
def test_what_is_said(event):
    assert listing.what(event) == SAID[event]


def test_a_scan_is_told_in_a_line():
    assert listing.what(ENDED) == "nmap: 1,001 ports on 2 addresses, 2,002 packets, syn half-open, risk 250"
    assert listing.what(msgspec.structs.replace(CLOSED, duration_s=-1.0)).endswith("21.0 kB")
    assert listing.what(msgspec.structs.replace(OPENED, service="", greeting=b"")) == "silent"


def test_who_is_proven():
    assert [listing.proven(event) for event in (OPENED, SYN, ENDED)] == [True, False, False]
    assert listing.proven(msgspec.structs.replace(ENDED, verified=True))


def test_a_table_is_aligned_and_cut():
    wide = listing.widths([OPENED, SYN])
    assert wide == len("2001:db8::7") + 4
    assert listing.line(listing.HEADS, 15, 80).startswith("time (UTC)           source            port  kind")
    line = listing.line(listing.cells(OPENED), 15, 60)
    assert line == "2025-06-01 14:32:07  198.51.100.42      443  session.open  ~"
    long = msgspec.structs.replace(OPENED, src=SRC6[:1] * 16)
    assert listing.widths([long]) == 39


def rows(*events):
    text = "".join(listing.row(Numbered(number, event)) for number, event in enumerate(events, 1))
    return text, list(csv.DictReader(io.StringIO(text), listing.HEADER))


def test_every_kind_has_a_row_with_a_cell_for_each_head():
    text, read = rows(*EXAMPLES)
    assert len(read) == len(EXAMPLES)
    assert all(None not in row and None not in row.values() for row in read)
    by_kind = {row["kind"]: row for row in read}
    assert by_kind["service.credential"]["user"] == "root\\x1b[2J"
    assert by_kind["scan.ended"]["ports"] == "192.0.2.1:1-1000 2001:db8::7:443"
    assert (by_kind["scan.ended"]["proven"], by_kind["session.open"]["time"]) == ("no", "2025-06-01 14:32:07Z")
    assert text.startswith("1,2025-06-01 14:32:07Z,session.open,yes,198.51.100.42,54312,192.0.2.1,443,nginx,,,,,,,")


@pytest.mark.parametrize("words", [*HOSTILE, "=1+1", "\t=1", '=HYPERLINK("http://e")'])
def test_no_cell_is_a_formula_and_no_row_two(words):
    text, read = rows(tried(words.encode(), words.encode()), hostile_scan(words))
    assert len(read) == text.count("\n") == 2
    for row in read:
        assert all(cell[:1] not in listing.FORMULA for cell in row.values())
    assert all(letter == "\n" or " " <= letter <= "~" for letter in text)


@pytest.mark.parametrize("data", [INVALID, LONG])
def test_long_and_odd_bytes(data):
    event = msgspec.structs.replace(REQUEST, data=data, src=b"odd", at=1e300)
    assert len(listing.line(listing.cells(event), 15, 200)) <= 200
    assert rows(event)[1][0]["time"] == "?Z"
