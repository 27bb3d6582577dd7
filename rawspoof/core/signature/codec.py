"""What text alone says too laboriously: the pages and refusals of a web server. Knows HTTP's shape, no product.

RFC 9110 §9 (methods), §15 (status codes). `HttpText` is the `http` table of a signature file, `site` what it means.
"""

import re
from collections.abc import Sequence
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from rawspoof.core.signature import draws
from rawspoof.core.signature.site import Page, Response, Site
from rawspoof.core.signature.template import Template


class AnswerText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An `answers` entry of a signature file."""

    when: str
    """Regular expression, matched at the start of a whole request."""
    say: str
    """Template of the answer; empty: understood in silence."""
    close: bool = False


class CaseText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a server answers in one situation; what is left out is as its `error` page has it."""

    status: str = ""
    why: str = ""
    """What `{why}` in the body stands for."""
    body: str | None = None
    type: str = ""
    """Instead of the value of the Content-Type line."""
    also: tuple[str, ...] = ()
    """Header lines of this response only."""
    headers: tuple[str, ...] | None = None
    """Instead of the lines of every response."""
    close: bool | None = None
    """Whether the connection ends with it; if not said, as its status has it."""


class PageText(CaseText, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What there is at a place beside the index."""

    when: str
    """Regular expression, matched at the start of a request line in origin form; HEAD is asked as GET."""


class HttpText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The `http` table of a signature file."""

    headers: tuple[str, ...]
    """Lines of every response, in order; `{len}` is the body's length, `{also}` where a response's own lines go."""
    index: str
    """Body of the page at `/`."""
    error: str = ""
    """Body of every other page; `{code}` and `{reason}` stand for its status, `{why}` for what a case adds."""
    status: str = "200 OK"
    """Status of the page at `/`."""
    refusal: str = "405 Method Not Allowed"
    """Status for methods that are not served."""
    version: str = "HTTP/1.1"
    """With `keep_s`, HTTP/1.0 here is what HTTP/1.0 is answered in, and HTTP/1.1 is answered in HTTP/1.1."""
    page: tuple[str, ...] | None = None
    """Lines of the index instead of `headers`."""
    pages: tuple[PageText, ...] = ()
    cases: dict[str, CaseText] = {}
    """By name, see CASES."""
    keep_s: Annotated[float, Meta(ge=0, le=600)] = 0.0
    """How long an idle connection is kept; 0: the server closes after each answer."""
    keep_max: Annotated[int, Meta(ge=1, le=10_000)] = 100
    kept: tuple[str, ...] = ("Connection: keep-alive",)
    """Lines for a client that asked to keep it, where `Connection: close` stands; `{left}` are the requests left."""
    stays: tuple[str, ...] = ()
    """The same for HTTP/1.1, which need not ask."""
    body_max: Annotated[int, Meta(ge=0)] = 2**62
    """Bytes of a request's body."""
    delay_s: Annotated[float, Meta(ge=0, le=30)] = 1.0
    """How long a form's password is thought about."""
    message: str = '<p class="error">Invalid username or password.</p>'
    """What is put before a form whose password was wrong."""
    icon: bool = False
    """Whether there is a picture at /favicon.ico."""


CASES: Final = {
    "lost": "404 Not Found",
    "method": "",
    "bad": "400 Bad Request",
    "line": "414 Request-URI Too Long",
    "header": "400 Bad Request",
    "version": "505 HTTP Version Not Supported",
    "coding": "501 Not Implemented",
    "lower": "400 Bad Request",
    "body": "413 Request Entity Too Large",
    "many": "400 Bad Request",
    "host": "400 Bad Request",
    "odd": "400 Bad Request",
    "expect": "417 Expectation Failed",
    "length": "411 Length Required",
    "timeout": "408 Request Timeout",
    "unknown": "501 Not Implemented",
    "same": "304 Not Modified",
    "auth": "401 Unauthorized",
    "proxy": "403 Forbidden",
    "connect": "405 Method Not Allowed",
    "options": "200 OK",
    "star": "200 OK",
    "trace": "405 Method Not Allowed",
    "post": "405 Method Not Allowed",
    "put": "405 Method Not Allowed",
    "escape": "400 Bad Request",
}
"""Situations and what they are answered if the file says no more (`lower`: a method in small letters).

Up to `body` each server has them all; the others arise only where the file has a table for them: a missing `host`, a
line that is no field (`odd`), a POST without a length, a request that takes too long, a method that nobody knows
(`unknown`) or that is not for a page (`post` to `/`), a page that the client has (`same`), a password that is always
wanted (`auth`), another's address at a proxy, `OPTIONS *` (`star`), a path out of the root (`escape`)."""
ALWAYS: Final = tuple(CASES)[: tuple(CASES).index("body") + 1]

_CLOSING: Final = frozenset((400, 408, 411, 413, 414, 431, 500, 501, 503, 505))
"""Statuses after which servers have lost count of where a request ends."""
_BODILESS: Final = frozenset((204, 304))
_INDEX: Final = r"(?:GET|POST) /(?:\?\S*)?\s"
_ICON: Final = PageText(when=r"GET /favicon\.ico[? ]", type="image/x-icon", body="{icon}")
_CONNECTION = re.compile(r"(?i)connection:")
_TYPE = re.compile(r"(?i)(content-type: ?).*")


def site(http: HttpText, proxy: bool = False) -> Site:
    """The web server that the table means. Raises ValueError for unknown cases, bad patterns and templates."""
    if unknown := http.cases.keys() - CASES.keys():
        raise ValueError(f"`http.cases.{min(unknown)}`: there is no such case, only {', '.join(CASES)}")
    closes = next((line for line in http.headers if _CONNECTION.match(line)), "")
    index = PageText(when=_INDEX, status=http.status, body=http.index, headers=http.page)
    pages = tuple(_page(http, page) for page in (*http.pages, *([_ICON] if http.icon else []), index))
    cases = {name: _case(http, name) for name in (*ALWAYS, *http.cases)}
    message = Template.parse(http.message)
    said = [t for r in (*(page.response for page in pages), *cases.values()) for t in (r.head, r.body)]
    return Site(
        pages=pages,
        cases=cases,
        keep_s=http.keep_s,
        keep_max=http.keep_max,
        kept=_lines(http.kept),
        stays=_lines(http.stays),
        closes=_lines([closes or "Connection: close"]),
        closes_always=bool(closes),
        proto=Template.parse(http.version),
        echoes=bool(http.keep_s),
        body_max=http.body_max,
        delay_s=http.delay_s,
        message=message,
        tunnels=proxy,
        wants=frozenset[str]().union(*(template.missing() for template in (*said, message))),
    )


def _case(http: HttpText, name: str) -> Response:
    case = http.cases.get(name, CaseText())
    status = case.status or (http.refusal if name == "method" else CASES[name])
    return _response(http, msgspec.structs.replace(case, status=status))


def _page(http: HttpText, page: PageText) -> Page:
    try:
        when = re.compile(page.when.encode("latin-1"))
    except re.error as e:
        raise ValueError(f"`when = {page.when}`: {e}") from None
    return Page(when, _response(http, msgspec.structs.replace(page, status=page.status or "200 OK")))


def _response(http: HttpText, case: CaseText) -> Response:
    word, _, reason = case.status.partition(" ")
    code = int(word) if word.isdigit() else 0
    body = http.error if case.body is None else case.body
    lines = _head(http, case)
    text = "".join(
        line if line == "{connection}" else line + r"\r\n" for line in [f"{{proto}} {case.status}", *lines, ""]
    )
    close = code in _CLOSING if case.close is None else case.close
    head, body = (_status(said, word, reason, case.why) for said in (text, body))
    return Response(code, _template(head), _template("" if code in _BODILESS else body), close)


def _template(text: str) -> Template:
    template = Template.parse(text)
    for name in (part for part in template.parts if isinstance(part, str) and "." in part):
        if draws.cost(name.partition(".")[0]) is not None:
            raise ValueError(f"`{name}`: what is drawn has no shape")
    return template


def _head(http: HttpText, case: CaseText) -> list[str]:
    """Its header lines, with a gap for what is said of the connection."""
    lines = list(http.headers if case.headers is None else case.headers)
    at = lines.index("{also}") if "{also}" in lines else len(lines)
    lines[at : at + 1] = case.also
    lines = ["{connection}" if _CONNECTION.match(line) else line for line in lines]
    if "{connection}" not in lines:
        lines.append("{connection}")
    if case.type:
        lines = [_TYPE.sub(lambda found: found[1] + case.type, line) for line in lines]
    return lines


def _status(text: str, code: str, reason: str, why: str) -> str:
    text = text.replace("{why}", why).replace("{len}", "{length}")
    return text.replace("{code}", code).replace("{reason}", reason)


def _lines(lines: Sequence[str]) -> bytes:
    return "".join(f"{line}\r\n" for line in lines).encode("latin-1")
