"""A directory that shows its root and lets nobody in. Binds, searches and the rest in the words of its product.

Those are in the service's file: of `words`, each result is its code in one byte and then what it says to people.
RFC 4511 §4.2 (bind), §4.5 (search), §4.12 and §4.14 (extended, StartTLS); RFC 4513 §5.1 (anonymous, unauthenticated).
What is not said otherwise is what slapd 2.5 does; see tests/netns/test_clients_misc.py.
"""

import re
from typing import Final

from rawspoof.core.conversation import framing
from rawspoof.core.conversation.base import Credential, Reply, Then
from rawspoof.core.conversation.framing import Frame
from rawspoof.core.conversation.ldap import ber, messages, proof
from rawspoof.core.conversation.ldap.ber import ENUMERATED, INTEGER, OCTETS, SEQUENCE
from rawspoof.core.conversation.ldap.entry import chosen
from rawspoof.core.conversation.ldap.messages import Message, Writer
from rawspoof.core.conversation.ldap.proof import Bind
from rawspoof.core.conversation.ldap.windows import SICILY, SPNEGO, WindowsBind
from rawspoof.core.conversation.speaker import Speaker
from rawspoof.core.conversation.visit import Visit
from rawspoof.core.conversation.written import written

START_TLS: Final = b"1.3.6.1.4.1.1466.20037"
WHO_AM_I: Final = b"1.3.6.1.4.1.4203.1.11.3"
PASSWORD: Final = b"1.3.6.1.4.1.4203.1.11.1"

_DN = re.compile(rb"(?:(?:^|[,;+])\s*[A-Za-z][\w.-]*\s*=(?:[^,;+\\\"]|\\.|\"[^\"]*\")*)*", re.DOTALL)
_SCOPES = range(4)


class Ldap(Speaker):
    """One connection to a directory."""

    patience_s = 120.0

    def __init__(self, visit: Visit) -> None:
        super().__init__(visit)
        self._secure = False
        self._asked: tuple[bytes, bytes] = (b"", b"")
        """The mechanism of a bind under way, and its challenge."""
        release = visit.word("windows", 0.0, b"")
        self._windows = WindowsBind(visit, release) if release else None

    def frame(self, heard: bytearray) -> Frame | None:
        """One element; a length that is indefinite or nothing ends it, as does one that is too much."""
        if len(heard) > 1 and heard[1] in (0, 0x80):
            return Frame(bytes(heard[:2]), 2, last=True)
        return framing.ber(heard)

    def answer(self, request: bytes, at: float) -> Reply | None:
        """The result of a request; what is no LDAP is told so, or just left."""
        asked = messages.parse(request)
        if asked is None or asked.op == messages.UNBIND:
            return Reply(b"", Then.CLOSE)
        if asked.op == messages.ABANDON:
            return None
        if asked.op not in messages.RESULTS:
            return self._disconnect(b"unknown LDAP request", at)
        if any(control not in self.visit.word("rootdse", at, b"") for control in asked.critical):
            return self._said(self._writer(at).result(asked, 12, b"critical extension is not recognized"))
        if asked.op == messages.BIND and (known := written(self.visit.identity, request, at)):
            # What scanners know a product by; nobody names himself in it.
            return known
        answer = {
            messages.BIND: self._bind,
            messages.SEARCH: self._search,
            messages.EXTENDED: self._extended,
            messages.COMPARE: self._compare,
        }.get(asked.op, self._change)(asked, at)
        return answer or self._disconnect(b"decoding error", at)

    def _writer(self, at: float) -> Writer:
        return Writer(self.visit.word("lengths", at, b"") == b"wide")

    def _said(self, data: bytes, *notes: Credential) -> Reply:
        return Reply(data, Then.LISTEN, notes=notes)

    def _disconnect(self, text: bytes, at: float) -> Reply:
        return Reply(self._writer(at).disconnection(text), Then.CLOSE)

    def _result(self, asked: Message, word: str, at: float, default: bytes, *notes: Credential) -> Reply:
        """The result that the file has under this name, or the default."""
        said = self.visit.word(word, at, default) or default
        return self._said(self._writer(at).result(asked, said[0], said[1:]), *notes)

    def _bind(self, asked: Message, at: float) -> Reply | None:
        self._asked, under_way = (b"", b""), self._asked
        bind = proof.bind(asked.body)
        if bind is None:
            return None
        if not 2 <= bind.version <= 3:
            return self._result(asked, "version", at, b"\x02requested protocol version not supported")
        if not self._names(bind.name, at):
            return self._result(asked, "no_dn", at, b"\x22invalid DN", *_offered(bind))
        if bind.version == 2 and self.visit.word("v2", at, b""):
            return self._result(asked, "v2", at, b"\x02", *_offered(bind))
        if bind.method == proof.SASL:
            return self._sasl(asked, bind, under_way, at)
        if self._windows and bind.method in SICILY:
            return self._ntlm(asked, self._windows.sicily(self._writer(at), asked, bind.method, bind.proof, at), at)
        if bind.method != proof.SIMPLE:
            return self._result(asked, "no_method", at, b"\x07unknown authentication method")
        return self._simple(asked, bind, at)

    def _simple(self, asked: Message, bind: Bind, at: float) -> Reply:
        if bind.proof:
            return self._result(asked, "refused", at, b"\x31", *_offered(bind))
        if bind.name:
            unproven = b"\x35unauthenticated bind (DN with no password) disallowed"
            return self._result(asked, "unauthenticated", at, unproven, *_offered(bind))
        return self._result(asked, "anonymous", at, b"\0")

    def _ntlm(self, asked: Message, made: bytes | Credential | None, at: float) -> Reply:
        """What NTLM made of a bind: the result that goes on, or the refusal of what was offered."""
        if isinstance(made, bytes):
            return self._said(made)
        return self._result(asked, "refused", at, b"\x31", *([made] if made else []))

    def _sasl(self, asked: Message, bind: Bind, under_way: tuple[bytes, bytes], at: float) -> Reply | None:
        step = proof.sasl(bind.proof)
        if step is None:
            return None
        if self._windows and step.mechanism == SPNEGO:
            return self._ntlm(asked, self._windows.spnego(self._writer(at), asked, step.response or b"", at), at)
        known = step.mechanism in self.visit.word("sasl", at, b"DIGEST-MD5 CRAM-MD5").split()
        challenge = proof.challenge(step.mechanism, self.visit, at) if known else None
        waits = under_way[0] == step.mechanism and step.response is not None
        if challenge is not None and not waits:
            self._asked = step.mechanism, challenge
            more, text = ber.write(0x87, challenge), self.visit.word("sasl_continues", at, b"")
            return self._said(self._writer(at).result(asked, 14, text, more=more))
        offered = proof.credential(step, under_way[1] if waits else b"")
        notes = () if offered is None else (offered,)
        if not step.mechanism:
            return self._result(asked, "no_method", at, b"\x07no SASL mechanism provided")
        if known:
            return self._result(
                asked, "sasl_refused", at, b"\x31SASL(-13): user not found: no secret in database", *notes
            )
        nothing = b"\x07SASL(-4): no mechanism available: Couldn't find mech " + step.mechanism[:64]
        return self._result(asked, "no_sasl", at, nothing, *notes)

    def _search(self, asked: Message, at: float) -> Reply | None:
        parts = ber.shaped(asked.body, OCTETS, ENUMERATED, ENUMERATED, INTEGER, INTEGER, 1)
        wanted = ber.elements(parts[7].body) if parts and len(parts) == 8 and parts[7].tag == SEQUENCE else None
        if parts is None or wanted is None:
            return None
        base, scope = parts[0].body, parts[1].number
        if scope not in _SCOPES:
            return self._result(asked, "no_scope", at, b"\x02invalid scope")
        if not self._names(base, at):
            return self._result(asked, "no_dn", at, b"\x22invalid DN")
        name = {b"": "rootdse", b"cn=subschema": "subschema"}.get(base.lower(), "")
        text = self.visit.word(name, at, b"") if scope == 0 and name else b""
        if not text:
            return self._result(asked, "search", at, b"\x20")
        shown = chosen(text, [e.body for e in wanted], bool(parts[5].number))
        write = self._writer(at)
        return self._said(write.entry(asked, base, shown) + write.result(asked, 0))

    def _extended(self, asked: Message, at: float) -> Reply | None:
        parts = ber.shaped(asked.body, 0x80)
        if parts is None:
            return None
        name = parts[0].body
        if name == START_TLS and self.visit.starttls:
            return self._start_tls(asked, len(parts) > 1, at)
        if name == START_TLS:
            return self._result(asked, "no_tls", at, b"\x02unsupported extended operation")
        if name == PASSWORD:
            return self._result(asked, "no_change", at, b"\x08only authenticated users may change passwords")
        if name == WHO_AM_I:
            return self._said(self._writer(at).result(asked, 0, more=ber.write(0x8B)))
        return self._result(asked, "no_extension", at, b"\x02unsupported extended operation")

    def _start_tls(self, asked: Message, valued: bool, at: float) -> Reply:
        write = self._writer(at)
        if valued:
            return self._said(write.result(asked, 2, b"no request data expected"))
        if self._secure:
            return self._said(write.result(asked, 1, b"TLS already started"))
        # RFC 4513 §3.1.1: what was under way in clear is forgotten.
        self._secure, self._asked = True, (b"", b"")
        return Reply(write.result(asked, 0), Then.SECURE)

    def _compare(self, asked: Message, at: float) -> Reply | None:
        return self._result(asked, "search", at, b"\x20")

    def _change(self, asked: Message, at: float) -> Reply | None:
        return self._result(asked, "change", at, b"\x08modifications require authentication")

    def _names(self, dn: bytes, at: float) -> bool:
        """Whether this can name an entry; directories that take other names of users say so (`names = "any"`)."""
        return self.visit.word("names", at, b"") == b"any" or _DN.fullmatch(dn) is not None


def _offered(bind: Bind) -> tuple[Credential, ...]:
    """The credential of a simple bind, if it is not anonymous."""
    offers = bind.method == proof.SIMPLE and (bind.name or bind.proof)
    return (Credential("simple", bind.name, bind.proof),) if offers else ()
