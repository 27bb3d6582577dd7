"""What an `http` table means: the responses, their statuses and header lines, and what is wrong with a table."""

import msgspec
import pytest

from rawspoof.core.signature.codec import ALWAYS, CASES, CaseText, HttpText, PageText, site

LINES = ("Server: x", "Content-Type: text/html", "{also}", "Connection: close", "Content-Length: {len}")
SERVER = HttpText(headers=LINES, index="home", error="{code} {reason}{why}")
FACTS = {"proto": b"HTTP/1.1", "connection": b"", "length": b"7"}


def said(response):
    return response.head.bind(FACTS).render(0.0), response.body.bind(FACTS).render(0.0)


def table(**changes):
    return msgspec.structs.replace(SERVER, **changes)


def test_the_index_is_a_page_with_the_lines_in_their_order():
    (index,) = site(SERVER).pages
    assert index.when.match(b"GET /?q=1 HTTP/1.1")
    assert not index.when.match(b"GET /q HTTP/1.1")
    head = b"HTTP/1.1 200 OK\r\nServer: x\r\nContent-Type: text/html\r\nContent-Length: 7\r\n\r\n"
    assert said(index.response) == (head, b"home")


def test_every_server_has_the_cases_that_always_arise_and_those_of_its_file():
    assert set(site(SERVER).cases) == set(ALWAYS)
    assert set(site(table(cases={"host": CaseText()})).cases) == {*ALWAYS, "host"}
    assert said(site(SERVER).cases["lost"])[1] == b"404 Not Found"


def test_a_refusal_has_the_server_s_own_words():
    assert said(site(table(refusal="405 Not Allowed")).cases["method"])[0].startswith(b"HTTP/1.1 405 Not Allowed\r\n")


def test_a_case_says_its_own_lines_and_why():
    case = CaseText(status="403 Forbidden", why=": no", also=("Allow: GET",), type="text/plain")
    head, body = said(site(table(cases={"put": case})).cases["put"])
    assert head.split(b"\r\n")[:4] == [
        b"HTTP/1.1 403 Forbidden",
        b"Server: x",
        b"Content-Type: text/plain",
        b"Allow: GET",
    ]
    assert body == b"403 Forbidden: no"


def test_the_line_about_the_connection_is_a_gap_in_its_place_or_last():
    lines = said(site(SERVER).cases["bad"])[0]
    assert b"Connection" not in lines
    kept = site(SERVER).cases["bad"].head.bind({**FACTS, "connection": b"C: k\r\n"}).render(0.0)
    assert kept.endswith(b"C: k\r\nContent-Length: 7\r\n\r\n")
    bare = site(table(headers=("Server: x",))).cases["bad"].head.bind({**FACTS, "connection": b"C: k\r\n"})
    assert bare.render(0.0).endswith(b"Server: x\r\nC: k\r\n\r\n")


def test_some_statuses_end_the_connection_and_some_have_no_body():
    cases = site(table(cases={"same": CaseText(), "put": CaseText(close=True)})).cases
    assert {name: cases[name].close for name in ("lost", "bad", "version", "same", "put")} == {
        "lost": False,
        "bad": True,
        "version": True,
        "same": False,
        "put": True,
    }
    assert said(cases["same"])[1] == b""


def test_pages_come_before_the_index():
    pages = site(table(pages=(PageText(when=r"GET /v\b", body="1.0", type="text/plain"),), icon=True)).pages
    assert [bool(page.when.match(b"GET /v HTTP/1.1")) for page in pages] == [True, False, False]
    assert b"text/plain" in said(pages[0].response)[0]


def test_a_status_may_be_a_field_of_the_set():
    response = site(table(status="{status}")).pages[-1].response
    assert response.code == 0
    assert response.head.missing() >= {"status"}


def test_what_templates_want_is_known():
    assert "target" in site(table(error="{target}")).wants
    assert "target" not in site(SERVER).wants


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"cases": {"lots": CaseText()}}, "there is no such case, only lost, "),
        ({"pages": (PageText(when="(", body=""),)}, "`when = \\("),
        ({"index": "\\q"}, "is no escape"),
        ({"index": "{hex8.upper}"}, "`hex8.upper`: what is drawn has no shape"),
    ],
)
def test_what_is_wrong_is_told(changes, reason):
    with pytest.raises(ValueError, match=reason):
        site(table(**changes))


def test_every_case_has_a_status_but_the_one_that_the_table_words():
    assert [name for name, status in CASES.items() if not status] == ["method"]
