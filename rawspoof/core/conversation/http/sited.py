"""The responses of a web server whose file has an `http` table: which situation a request is, and what is said in it.

Decides by the table alone; knows no product. What arises only if the file says so is in `codec.CASES`.
"""

import re
from collections.abc import Mapping
from html import escape
from typing import Final

from rawspoof.core.conversation.base import Reply, Then
from rawspoof.core.conversation.http.head import Head
from rawspoof.core.conversation.http.icon import icon
from rawspoof.core.conversation.visit import Visit
from rawspoof.core.signature.identity import Identity
from rawspoof.core.signature.site import Response, Site, fill
from rawspoof.core.signature.stamps import http_date

_HOST: Final = re.compile(rb"([A-Za-z0-9.-]{1,255})(?::(\d{1,5}))?\Z")
_KNOWN: Final = frozenset((b"GET", b"HEAD", b"POST", b"PUT", b"DELETE", b"OPTIONS", b"TRACE", b"CONNECT", b"PATCH"))
_DAV: Final = frozenset((b"PROPFIND", b"PROPPATCH", b"MKCOL", b"COPY", b"MOVE", b"LOCK", b"UNLOCK", b"SEARCH"))
_OWN_CASES: Final = {b"OPTIONS": "options", b"TRACE": "trace", b"PUT": "put", b"CONNECT": "connect"}
_SECOND_ODDITIES: Final = ("many", "lower", "odd", "host")
_WRITTEN_FROM: Final = 1_500_000_000
_WRITTEN_WITHIN: Final = 200_000_000
"""When indexes were written, in seconds since 1970: 2017 to 2023."""


class Sited:
    """One connection with such a server."""

    __slots__ = ("_left", "_site", "_visit")

    def __init__(self, visit: Visit, site: Site) -> None:
        self._visit, self._site = visit, site
        self._left = site.keep_max

    def reply(self, asked: Head, cut: bool, refused: bool, at: float) -> Reply:
        """The response. `cut`: more of the body comes than is read; `refused`: a form's password was offered."""
        self._left -= 1
        facts = self._facts(asked)
        response, body = self._response(asked, refused, facts, at)
        stays = not (cut or response.close) and self._left > 0 and self._wants(asked)
        facts["connection"] = self._connection(asked, stays)
        # A bare request of the days before versions is answered by a bare page.
        bare = asked.version == 9 and not asked.fault
        said = b"" if bare else self._head(response, body, facts, at)
        if asked.method != b"HEAD" and response.code != 304:
            said += body
        delay_s = self._site.delay_s if refused else 0.0
        return Reply(said, Then.LISTEN if stays else Then.CLOSE, delay_s)

    def last(self, case: str, at: float) -> bytes:
        """What is said before the connection is closed on a peer that did not ask as it should; b"" if nothing."""
        response = self._site.cases.get(case)
        if response is None:
            return b""
        facts = self._facts(Head())
        facts["connection"] = self._site.closes
        body = fill(response.body, facts, at)
        return self._head(response, body, facts, at) + body

    def _response(self, asked: Head, refused: bool, facts: dict[str, bytes], at: float) -> tuple[Response, bytes]:
        """What is answered, and its body."""
        site = self._site
        case = self._case(asked)
        response = self._place(asked) if case is None else site.cases[case]
        body = fill(response.body, facts, at)
        if refused and response.code in (200, 404) and (form := self._form(response, body, facts, at)) is not None:
            return form
        if "same" in site.cases and response is site.pages[-1].response and _unchanged(asked, facts, body):
            return site.cases["same"], body
        return response, body

    def _form(
        self, response: Response, body: bytes, facts: Mapping[str, bytes], at: float
    ) -> tuple[Response, bytes] | None:
        """The page with the form again, and what it tells of the password; None if there is no form."""
        if b"<form" not in body:
            response = self._site.pages[-1].response
            body = fill(response.body, facts, at)
        before, form, after = body.partition(b"<form")
        if not form or response.code != 200:
            return None
        return response, before + fill(self._site.message, facts, at) + b"\n" + form + after

    def _case(self, asked: Head) -> str | None:
        """The situation, None where a page is asked for."""
        cases = self._site.cases
        if asked.fault:
            return asked.fault if asked.fault in cases else "bad"
        method = asked.method
        oddities = {
            "many": asked.many,
            "lower": not method.isupper(),
            "odd": asked.odd,
            "host": asked.version == 11 and b"host" not in asked.fields,
        }
        for name in _SECOND_ODDITIES:
            if oddities[name]:
                if name in cases:
                    return name
                if name == "lower":
                    return "bad"
        return self._refusal(asked) or self._method(asked)

    def _refusal(self, asked: Head) -> str | None:
        """Why a request that is right is not served all the same."""
        cases = self._site.cases
        if "expect" in cases and not asked.tokens(b"expect") <= {b"100-continue"}:
            return "expect"
        if asked.length > self._site.body_max:
            return "body"
        if self._site.tunnels and asked.absolute:
            return next((name for name in ("connect", "proxy") if name in cases and _is(name, asked)), "method")
        if "auth" in cases:
            return "auth"
        if "escape" in cases and _escapes(asked.path):
            return "escape"
        return None

    def _method(self, asked: Head) -> str | None:
        """The case of a method that is not for pages."""
        cases, method = self._site.cases, asked.method
        if method in (b"GET", b"HEAD"):
            return "bad" if asked.target == b"*" else None
        if method == b"POST":
            return self._post(asked)
        if asked.target == b"*" and "star" in cases:
            return "star"
        own = _OWN_CASES.get(method, "")
        if own in cases:
            return own
        known = method in _KNOWN or method in _DAV
        return "unknown" if not known and "unknown" in cases else "method"

    def _post(self, asked: Head) -> str | None:
        cases = self._site.cases
        if "length" in cases and not {b"content-length", b"transfer-encoding"} & asked.fields.keys():
            return "length"
        index = self._place(asked) is self._site.pages[-1].response
        return "post" if "post" in cases and index else None

    def _place(self, asked: Head) -> Response:
        """The page that there is at a path, or the one that tells there is none."""
        method = b"GET" if asked.method == b"HEAD" else asked.method
        line = method + b" " + asked.path + b" HTTP/1.1"
        return next((page.response for page in self._site.pages if page.when.match(line)), self._site.cases["lost"])

    def _wants(self, asked: Head) -> bool:
        """Whether the client may go on asking."""
        if not self._site.keep_s or asked.version == 9:
            return False
        tokens = asked.tokens(b"connection")
        return b"close" not in tokens if asked.version == 11 else b"keep-alive" in tokens

    def _connection(self, asked: Head, stays: bool) -> bytes:
        """The lines that tell what becomes of the connection."""
        site = self._site
        if not stays:
            return site.closes if site.closes_always or (asked.version == 11 and site.keep_s) else b""
        lines = site.kept if b"keep-alive" in asked.tokens(b"connection") else site.stays
        return lines.replace(b"{left}", b"%d" % (self._left + 1))

    def _facts(self, asked: Head) -> dict[str, bytes]:
        """The identity's facts, and those of the request that this site's templates want."""
        identity, wants = self._visit.identity, self._site.wants
        facts = {**identity.facts, "proto": _proto(identity, self._site, asked)}
        if "nonce" in wants:
            facts["nonce"] = self._visit.octets(b"nonce", 16).hex().encode()
        if "modified" in wants:
            written = _WRITTEN_FROM + int.from_bytes(identity.facts.get("seed", b"")[:4]) % _WRITTEN_WITHIN
            facts["modified"] = http_date(written)
            facts["mtime"], facts["mtime_us"] = b"%x" % written, b"%x" % (written * 1_000_000)
        if "server" in wants:
            named = _HOST.match(asked.fields.get(b"host", b""))
            facts["server"] = named[1] if named else identity.facts.get("addr", b"")
            facts["server_port"] = (named[2] or b"80") if named else identity.facts.get("port", b"80")
        if "icon" in wants and asked.path.startswith(b"/favicon"):
            facts["icon"] = icon(identity.product)
        for name, said in (("method", asked.method), ("target", asked.path.partition(b"?")[0])):
            if name in wants:
                facts[name] = escape(said.decode("latin-1")).encode("latin-1")
        return facts

    @staticmethod
    def _head(response: Response, body: bytes, facts: dict[str, bytes], at: float) -> bytes:
        facts["length"], facts["size"] = b"%d" % len(body), b"%x" % len(body)
        return fill(response.head, facts, at)


def _proto(identity: Identity, site: Site, asked: Head) -> bytes:
    if site.echoes and asked.version == 11:
        return b"HTTP/1.1"
    return fill(site.proto, identity.facts, 0.0)


def _is(case: str, asked: Head) -> bool:
    return (case == "connect") is (asked.method == b"CONNECT")


def _escapes(path: bytes) -> bool:
    """Whether a path climbs out of the root; what is encoded is seen through once."""
    depth = 0
    for part in path.partition(b"?")[0].lower().replace(b"%2e", b".").replace(b"%2f", b"/").split(b"/")[1:]:
        depth += -1 if part == b".." else part not in (b"", b".")
        if depth < 0:
            return True
    return False


def _unchanged(asked: Head, facts: Mapping[str, bytes], body: bytes) -> bool:
    """Whether the client has the index already: by the tag that it would get now, or by its date. RFC 9110 §13.2.2."""
    if (tags := asked.fields.get(b"if-none-match")) is not None:
        return b"%x" % len(body) in tags and (facts["mtime"] in tags or facts["mtime_us"] in tags)
    return asked.fields.get(b"if-modified-since") == facts["modified"]
