"""How a product behaves where the protocol leaves it free: refusals, delays, attempts. Knows products, not the wire.

What a service's file says under `words` goes before: `mismatch`, `differ`, `methods`, `farewell`, `prompt`, `banner`.
"""

import math
import re
from typing import Final, NamedTuple

from rawspoof.core.conversation.ssh import openssh, products
from rawspoof.core.conversation.ssh.offer import Offer
from rawspoof.core.conversation.visit import Visit


class Manners(NamedTuple):
    """All that differs between products."""

    offer: Offer
    extensions: list[tuple[bytes, bytes]]
    """What EXT_INFO tells."""
    modern: bool
    """Reads the client's first line as OpenSSH 8.0 and later do."""
    mismatch: bytes
    """Said to a first line that is not SSH's."""
    differ: bytes
    """Said to another major version."""
    methods: tuple[str, ...]
    """Ways to log in."""
    tries: int
    """Failures until it is enough."""
    farewell: bytes
    """Said then, b"" for nothing; `%s` is the user's name."""
    fail_s: tuple[float, float]
    """How long a wrong password takes, at least and at most."""
    doubles: bool
    """A refusal waits for a user's own time, doubled until it is longer than what the check took."""
    prompt: bytes
    banner: bytes
    rsa_bits: int

    def pause_s(self, throw: float, user: bytes) -> float:
        """How long a wrong guess takes; `throw` is from 0 to 1, `user` four bytes that a host has for each user.

        From 7.8 on OpenSSH hides so which users there are: sshd of Debian 12 took 1.84 or 3.68 s for one, 2.74 s for
        another.
        """
        low, high = self.fail_s
        took = low + (high - low) * throw
        if not self.doubles:
            return took
        own = _OWN_S[0] + (_OWN_S[1] - _OWN_S[0]) * int.from_bytes(user) / 2**32
        return float(own * 2 ** max(0, math.ceil(math.log2(took / own))))


_OWN_S: Final = (0.005, 0.0094)
"""A user's own time."""
_PAM_S: Final = (1.0, 3.0)
"""pam_unix asks for two seconds, and libpam strays by half of them either way."""
_QUICK_S: Final = (0.05, 0.35)
"""A bcrypt or a question to the domain, and no more."""
_DROPBEAR_S: Final = (0.25, 0.35)
_DEVICE_S: Final = (0.5, 2.0)

_BY_SYSTEM: Final = {
    "linux/debian": "publickey,password",
    "linux/ubuntu": "publickey,password",
    "linux/raspbian": "publickey,password",
    "linux/redhat": "publickey,gssapi-keyex,gssapi-with-mic,password",
    "freebsd": "publickey,keyboard-interactive",
    "windows": "publickey,password,keyboard-interactive",
}
_OPENSSH_METHODS: Final = "publickey,password,keyboard-interactive"
_DEBIAN: Final = re.compile(r" (?:Debian|Ubuntu|Raspbian) (\S+)")


def manners(visit: Visit, at: float) -> Manners:
    """Those of whoever lives there."""
    identity = visit.identity
    found = _openssh(visit) if identity.product == "OpenSSH" else _other(visit)
    return found._replace(
        mismatch=visit.word("mismatch", at, found.mismatch),
        differ=visit.word("differ", at, found.differ),
        methods=tuple(visit.word("methods", at, ",".join(found.methods).encode()).decode("latin-1").split(",")),
        farewell=visit.word("farewell", at, found.farewell),
        prompt=visit.word("prompt", at, found.prompt),
        banner=visit.word("banner", at, found.banner),
    )


def version(text: str) -> tuple[int, ...]:
    """The number in a version: (9, 2) for `9.2p1 Debian 2`, (8, 1) for `for_Windows_8.1`, (0,) for none."""
    found = re.search(r"\d+(?:\.\d+)?", text)
    return tuple(map(int, found[0].split("."))) if found else (0,)


def _openssh(visit: Visit) -> Manners:
    identity = visit.identity
    number = version(identity.version)
    release = identity.version.split(" ")[0]
    package = found[1] if (found := _DEBIAN.search(identity.version)) else ""
    modern = number >= (8,)
    end = b"\r\n" if modern else b"\n"
    linux = identity.os.startswith("linux")
    return Manners(
        offer=openssh.offer(number, release, package, identity.os),
        extensions=openssh.extensions(number),
        modern=modern,
        mismatch=(b"Invalid SSH identification string." if modern else b"Protocol mismatch.") + end,
        differ=b"Protocol major versions differ." + end,
        methods=tuple(_BY_SYSTEM.get(identity.os, _OPENSSH_METHODS).split(",")),
        tries=6,
        farewell=b"Too many authentication failures" + (b"" if number >= (6, 8) else b" for %s"),
        fail_s=_PAM_S if linux else _QUICK_S,
        doubles=number >= (7, 8),
        prompt=b"Password for %s:" if identity.os == "freebsd" else b"Password: ",
        banner=b"",
        rsa_bits=3072 if modern else 2048,
    )


def _other(visit: Visit) -> Manners:
    """Those that say nothing before they close, and most of the others."""
    product = visit.identity.product
    return Manners(
        offer=products.offer(product, version(visit.identity.version)),
        extensions=[],
        modern=False,
        mismatch=b"",
        differ=b"",
        methods=("publickey", "password"),
        tries=10 if product == "Dropbear sshd" else 3,
        farewell=b"",
        doubles=False,
        fail_s=_DROPBEAR_S if product == "Dropbear sshd" else _DEVICE_S,
        prompt=b"Password: ",
        banner=b"",
        rsa_bits=2048,
    )
