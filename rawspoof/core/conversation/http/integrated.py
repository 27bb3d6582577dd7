"""NTLM in HTTP: a connection is challenged, and what it answers is kept. MS-NTHT §3.1, RFC 4559 (Negotiate).

Only where the server's own answer offers the scheme; nobody is let in.
"""

import re
from base64 import b64encode
from typing import Final

from rawspoof.core.conversation import ntlm, spnego
from rawspoof.core.conversation.base import Reply, Then
from rawspoof.core.conversation.http.credentials import decoded
from rawspoof.core.conversation.http.head import Head
from rawspoof.core.conversation.visit import Visit

_SCHEMES: Final = (b"ntlm", b"negotiate")


def nonce(visit: Visit) -> bytes:
    """The eight bytes that this connection's client has to answer."""
    return visit.octets(b"http ntlm", 8)


def challenged(said: Reply, asked: Head, visit: Visit, at: float) -> Reply:
    """The refusal with a challenge in place of its offer, where the client begins NTLM; else the refusal as it is."""
    scheme, _, token = asked.fields.get(b"authorization", b"").partition(b" ")
    if scheme.lower() not in _SCHEMES:
        return said
    given = decoded(token.strip())
    begun = ntlm.message(given)
    offer = re.compile(rb"(?i)(\r\nWWW-Authenticate: " + scheme + rb")(?=\r\n)")
    if ntlm.kind(begun) != ntlm.NEGOTIATE or not offer.search(said.data):
        return said
    house = ntlm.house(visit, visit.fact("ntlm", b"10.0.17763").decode("latin-1"), joined=True)
    said_back = ntlm.challenge(begun, nonce(visit), house, at)
    wrapped = said_back if given.startswith(ntlm.SIGNATURE) else spnego.reply(said_back)
    data = offer.sub(lambda found: found[1] + b" " + b64encode(wrapped), said.data, count=1)
    # It is the connection that is authenticated: it stays, whatever is usual.
    kept = re.sub(rb"(?i)\r\nConnection: close(?=\r\n)", b"", data, count=1)
    return said._replace(data=kept, then=Then.LISTEN)
