"""The responses of a web server whose file has an `http` table: head, body, and what becomes of the connection.

Knows no product. Which situation a request is, is `situation`'s to decide.
"""

import re
from collections.abc import Mapping
from html import escape
from typing import Final

from rawspoof.core.conversation.base import Reply, Then
from rawspoof.core.conversation.http.head import Head
from rawspoof.core.conversation.http.icon import icon
from rawspoof.core.conversation.http.situation import place, situation
from rawspoof.core.conversation.visit import Visit
from rawspoof.core.signature.identity import Identity
from rawspoof.core.signature.site import STAMPS, Response, Site, fill
from rawspoof.core.signature.stamps import http_date

_HOST: Final = re.compile(rb"([A-Za-z0-9.-]{1,255})(?::(\d{1,5}))?\Z")
_WHEN: Final = ("modified", *STAMPS)
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
        case = situation(asked, site)
        response = place(asked, site) if case is None else site.cases[case]
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
        if not wants.isdisjoint(_WHEN):
            written = _WRITTEN_FROM + int.from_bytes(identity.facts.get("seed", b"")[:4]) % _WRITTEN_WITHIN
            facts["modified"] = http_date(written)
            facts["mtime"], facts["mtime_us"] = b"%x" % written, b"%x" % (written * 1_000_000)
        if "server" in wants:
            named = _HOST.match(asked.fields.get(b"host", b""))
            facts["server"] = named[1] if named else identity.facts.get("addr", b"")
            facts["server_port"] = (named[2] or b"80") if named else identity.facts.get("port", b"80")
        if "icon" in wants:
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


def _unchanged(asked: Head, facts: Mapping[str, bytes], body: bytes) -> bool:
    """Whether the client has the index already: by the tag that it would get now, or by its date. RFC 9110 §13.2.2."""
    if (tags := asked.fields.get(b"if-none-match")) is not None:
        return b"%x" % len(body) in tags and (facts["mtime"] in tags or facts["mtime_us"] in tags)
    return asked.fields.get(b"if-modified-since") == facts["modified"]
