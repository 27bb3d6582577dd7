"""What text alone says too laboriously: the answers of a web server. Knows HTTP's shape, no product.

RFC 9110 §9 (methods), §15 (status codes).
"""

import msgspec


class AnswerText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An `answers` entry of a signature file."""

    when: str
    """Regular expression, matched at the start of a whole request."""
    say: str
    """Template of the answer; empty: understood in silence."""
    close: bool = False


class HttpText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The `http` table of a signature file."""

    headers: tuple[str, ...]
    """Lines of every response, in order; `{len}` is the body's length."""
    index: str
    """Body of the page at `/`."""
    error: str = ""
    """Body of every other page; `{code}` and `{reason}` stand for its status."""
    status: str = "200 OK"
    """Status of the page at `/`."""
    refusal: str = "405 Method Not Allowed"
    """Status for methods that are not served."""
    version: str = "HTTP/1.1"


def http_answers(http: HttpText) -> list[AnswerText]:
    """The answers of a web server with one page: it closes after each, and HEAD gets no body."""
    home, lost = (http.status, http.index), ("404 Not Found", http.error)
    pages = [
        (r"HEAD /(?:\?\S*)? ", home, "{~}"),
        (r"(?:GET|POST) /(?:\?\S*)?\s", home, ""),
        (r"HEAD ", lost, "{~}"),
        (r"(?:GET|POST) ", lost, ""),
        (r"[A-Z]+ \S+ HTTP/", (http.refusal, http.error), ""),
        (r"", ("400 Bad Request", http.error), ""),
    ]
    return [AnswerText(when, _response(http, status, mark + body), True) for when, (status, body), mark in pages]


def _response(http: HttpText, status: str, body: str) -> str:
    code, _, reason = status.partition(" ")
    lines = [f"{http.version} {status}", *http.headers, "", "{<}" + body + "{>}"]
    return r"\r\n".join(lines).replace("{code}", code).replace("{reason}", reason)
