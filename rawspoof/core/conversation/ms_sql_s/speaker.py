"""Microsoft SQL Server up to the login that fails. Knows no query: nobody gets that far.

Source: MS-TDS §3.3.5 (server's states), learn.microsoft.com, "MSSQLSERVER_18456", "MSSQLSERVER_18452".
No TLS inside of TDS: the file's PRELOGIN answers say so (ENCRYPT_NOT_SUP), and the password comes in clear.
"""

from typing import ClassVar, Final

from rawspoof.core.conversation import ntlm, spnego
from rawspoof.core.conversation.base import Credential, Note, Reply, Then
from rawspoof.core.conversation.framing import Frame
from rawspoof.core.conversation.ms_sql_s import packets
from rawspoof.core.conversation.speaker import Speaker
from rawspoof.core.conversation.visit import Visit
from rawspoof.core.conversation.written import otherwise, written

USER_MAX: Final = 128
"""Characters of a user name that a message shows: sysname."""
_SPID: Final = 51
"""Sessions of users are numbered from here on."""


class MsSqlServer(Speaker):
    """One connection with a SQL Server."""

    patience_s: ClassVar[float] = 60.0

    def __init__(self, visit: Visit) -> None:
        super().__init__(visit)
        self._major = visit.fact("major", b"\0")[0]
        self._tds = 0
        """Of a login that has begun and is not proven yet."""

    def frame(self, heard: bytearray) -> Frame | None:
        """A message of one or more packets; of what is none, as much as a server reads to see it."""
        if not self._major:
            return super().frame(heard)
        size = packets.size(heard)
        if size < 0:
            return Frame(bytes(heard[: packets.HEAD]), packets.HEAD, last=True)
        return Frame(bytes(heard[:size]), size) if size else None

    def answer(self, request: bytes, at: float) -> Reply | None:
        """The file's words if it has any for this; else a login is refused, and all else is a mistake."""
        identity = self.visit.identity
        if self._major and packets.size(bytearray(request)) != len(request):
            return Reply(b"", Then.CLOSE)
        reply = written(identity, request, at) or otherwise(identity, at)
        said = packets.body(request)
        if self._tds:
            return self._proof(said, at) if request[0] == packets.SSPI else Reply(b"", Then.CLOSE)
        login = {packets.LOGIN_4: packets.login_4, packets.LOGIN_7: packets.login_7}.get(request[0], lambda _: None)(
            said
        )
        if login is None:
            return reply or Reply(b"", Then.CLOSE)
        if login.integrated:
            return self._challenge(login, at)
        notes = (Credential("password", login.user, login.password),)
        if reply is not None:
            return reply._replace(notes=notes)
        name = login.user.decode("utf-8", "replace")[:USER_MAX]
        return self._refusal(login.tds, 18456, f"Login failed for user '{name}'.", notes)

    def _challenge(self, login: packets.Login, at: float) -> Reply:
        """NTLM's, in SPNEGO's envelope where the client's came so. Who brings a ticket is not known here either."""
        begun = ntlm.message(login.sspi)
        if ntlm.kind(begun) != ntlm.NEGOTIATE:
            return self._untrusted(login.tds, at, ())
        self._tds = login.tds
        house = ntlm.house(self.visit, self.visit.word("windows", at, b"10.0.17763").decode("latin-1"), True)
        token = ntlm.challenge(begun, self._nonce, house, at)
        bare = login.sspi.startswith(ntlm.SIGNATURE)
        return self._packet(packets.challenge(token if bare else spnego.reply(token)))

    def _proof(self, said: bytes, at: float) -> Reply:
        proof = ntlm.proof(ntlm.message(said), self._nonce)
        return self._untrusted(self._tds, at, () if proof is None else (proof,))

    @property
    def _nonce(self) -> bytes:
        return self.visit.octets(b"mssql ntlm", 8)

    def _untrusted(self, tds: int, at: float, notes: tuple[Note, ...]) -> Reply:
        how = "Integrated" if self._major >= 14 else "Windows"
        text = f"Login failed. The login is from an untrusted domain and cannot be used with {how} authentication."
        return self._refusal(tds, 18452, self.visit.word("untrusted", at, text.encode()).decode("latin-1"), notes)

    def _refusal(self, tds: int, number: int, text: str, notes: tuple[Note, ...]) -> Reply:
        server = self.visit.fact("host").decode("latin-1")
        shown = server if self.visit.identity.os.startswith("linux") else server.upper()
        # A server speaks no later version than its own: 2000 spoke 7.1.
        tokens = packets.refusal(min(tds, 0x71) if self._major < 9 else tds, number, text, shown)
        return self._packet(tokens)._replace(then=Then.CLOSE, notes=notes)

    def _packet(self, tokens: bytes) -> Reply:
        spid = _SPID + self.visit.octets(b"spid", 1)[0] % 40
        return Reply(packets.packet(tokens, spid), Then.LISTEN)
