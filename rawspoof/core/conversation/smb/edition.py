"""Which SMB server an identity is: what it speaks, what it calls itself, where it differs. Knows no message."""

from hashlib import blake2b
from typing import Final, NamedTuple

from rawspoof.core.conversation import ntlm, spnego
from rawspoof.core.conversation.visit import Visit

UPTIME_MAX_S: Final = 90 * 86400
"""Ours: a Windows that tells when it was started is started again after this long."""

_LAST_WITH_BOOT_TIME: Final = 0x0302


class Edition(NamedTuple):
    """A server, as its file and its host have it."""

    samba: bool
    dialects: tuple[int, ...]
    """Of SMB 2 and 3, in rising order; none for a server that speaks SMB 1 only."""
    native: str
    """What it says its operating system is; "" for a device that knows nothing but SMB 1's passwords."""
    lanman: str
    """What it says its LAN manager is."""
    workgroup: str
    called: bytes
    """The NetBIOS name that sessions are to be opened with; b"" where none needs to be opened, and any name will do."""
    direct: bool
    """Whether SMB runs on TCP itself, where requests may be longer than NetBIOS has them."""
    guid: bytes
    house: ntlm.House
    boot_s: int
    """Where the host's uptime began, within UPTIME_MAX_S."""

    @property
    def offer(self) -> bytes:
        """The ways to log in."""
        kerberos = (spnego.MS_KERBEROS, spnego.KERBEROS) if self.house.joined else ()
        return spnego.offer((*kerberos, spnego.NTLMSSP))

    def size_max(self, dialect: int) -> int:
        """Bytes of one read, write or transaction."""
        if dialect <= 0x0202 or not self.direct:
            return 0x10000
        return 0x800000 if self.samba or self.dialects[-1] > 0x0210 else 0x100000

    def booted_at(self, at: float) -> float:
        """When the host was started, 0.0 where the server does not tell (Samba; Windows since 10)."""
        if self.samba or self.dialects[-1] > _LAST_WITH_BOOT_TIME:
            return 0.0
        return at - (at + self.boot_s) % UPTIME_MAX_S


def edition(visit: Visit) -> Edition:
    """The server that lives there."""
    samba = "Samba" in visit.identity.product
    house = ntlm.house(visit, visit.word("ntlm", 0.0, b"6.1.0").decode(), joined=not samba)
    chance = blake2b(b"smb" + visit.fact("fqdn"), digest_size=20).digest()
    return Edition(
        samba=samba,
        dialects=tuple(int(text, 16) for text in visit.word("dialects", 0.0, b"").split()),
        native=visit.word("native", 0.0, b"").decode("latin-1"),
        lanman=visit.word("lanman", 0.0, b"").decode("latin-1"),
        workgroup=house.domain if house.joined else "WORKGROUP",
        called=visit.fact("host").upper()[:15] if visit.word("sessions", 0.0, b"") == b"named" else b"",
        direct=visit.fact("port") != b"139",
        # Samba's is its name.
        guid=visit.fact("host").lower()[:16].ljust(16, b"\0") if samba else chance[:16],
        house=house,
        boot_s=int.from_bytes(chance[16:]) % UPTIME_MAX_S,
    )
