"""Which situation a request is to a web server: the case that its file has a wording for, or a page. Says nothing.

Decides by the table alone; knows no product. What arises only if the file says so is in `codec.CASES`.
"""

from typing import Final

from rawspoof.core.conversation.http.head import Head
from rawspoof.core.signature.site import Response, Site

_KNOWN: Final = frozenset((b"GET", b"HEAD", b"POST", b"PUT", b"DELETE", b"OPTIONS", b"TRACE", b"CONNECT", b"PATCH"))
_DAV: Final = frozenset((b"PROPFIND", b"PROPPATCH", b"MKCOL", b"COPY", b"MOVE", b"LOCK", b"UNLOCK", b"SEARCH"))
_OWN_CASES: Final = {b"OPTIONS": "options", b"TRACE": "trace", b"PUT": "put", b"CONNECT": "connect"}


def situation(asked: Head, site: Site) -> str | None:
    """The situation, None where a page is asked for."""
    cases = site.cases
    if asked.fault:
        return asked.fault if asked.fault in cases else "bad"
    oddities = {
        "many": asked.many,
        "lower": not asked.method.isupper(),
        "odd": asked.odd,
        "host": asked.version == 11 and b"host" not in asked.fields,
    }
    odd = next((name for name, is_so in oddities.items() if is_so and name in cases), None)
    return odd or _refusal(asked, site) or _method(asked, site)


def _refusal(asked: Head, site: Site) -> str | None:
    """Why a request that is right is not served all the same."""
    cases = site.cases
    if "expect" in cases and not asked.tokens(b"expect") <= {b"100-continue"}:
        return "expect"
    if asked.length > site.body_max:
        return "body"
    if site.tunnels and asked.absolute:
        return next((name for name in ("connect", "proxy") if name in cases and _is(name, asked)), "method")
    if "auth" in cases:
        return "auth"
    if "escape" in cases and _escapes(asked.path):
        return "escape"
    return None


def _method(asked: Head, site: Site) -> str | None:
    """The case of a method that is not for pages."""
    cases, method = site.cases, asked.method
    if method in (b"GET", b"HEAD"):
        return "bad" if asked.target == b"*" else None
    if method == b"POST":
        return _post(asked, site)
    if asked.target == b"*" and "star" in cases:
        return "star"
    if place(asked, site) not in (cases["lost"], site.pages[-1].response):
        return None
    own = _OWN_CASES.get(method, "")
    if own in cases:
        return own
    known = method in _KNOWN or method in _DAV
    return "unknown" if not known and "unknown" in cases else "method"


def _post(asked: Head, site: Site) -> str | None:
    cases = site.cases
    if "length" in cases and not {b"content-length", b"transfer-encoding"} & asked.fields.keys():
        return "length"
    index = place(asked, site) is site.pages[-1].response
    return "post" if "post" in cases and index else None


def place(asked: Head, site: Site) -> Response:
    """The page that there is at a path, or the one that tells there is none."""
    method = b"GET" if asked.method == b"HEAD" else asked.method
    line = method + b" " + asked.path + b" HTTP/1.1"
    return next((page.response for page in site.pages if page.when.match(line)), site.cases["lost"])


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
