"""What a TLS server shows of itself: whose certificate, from whom, since when, and how old its TLS is.

Told by an identity and the moment alone, so it is the same at every start; the keys are an edge's.
"""

import re
from collections.abc import Mapping
from hashlib import blake2s
from types import MappingProxyType
from typing import Final, NamedTuple

from rawspoof.core.conversation.engines import Era, Name, Papers
from rawspoof.core.conversation.visit import Visit

DAY_S: Final = 86_400
CA_DOMAINS: Final = 5
"""Ours: one domain in so many has a certificate authority of its own, which signs for all its hosts."""

_ATTRIBUTE = re.compile(r"\s*(CN|O|OU|C|ST|L|DC|emailAddress)=([^,]*?)\s*(?:,|$)")
_OPENSSL = re.compile(rb"OpenSSL/(\d+)\.(\d+)")
_MOD_SSL: Final = (
    "C=--, ST=SomeState, L=SomeCity, O=SomeOrganization, OU=SomeOrganizationalUnit, CN={0}, emailAddress=root@{0}"
)
"""What Red Hat's package of mod_ssl makes for `localhost` at its installation."""


class Habit(NamedTuple):
    """How an operating system makes a certificate for itself."""

    subject: str
    """With the host's full name for {0}, its short one for {1}."""
    days: int
    """How long it is valid."""
    anew: int
    """Days after which there is another one: it is renewed, or the machine is made anew."""


_WINDOWS: Final = Habit("CN={0}", 182, 170)
"""As Remote Desktop Services make it."""
_SNAKEOIL: Final = Habit("CN={0}", 3650, 1100)
"""As Debian's ssl-cert makes it, and many a device."""
_HABITS: Final[Mapping[str, Habit]] = MappingProxyType(
    {
        "linux/centos": Habit(_MOD_SSL, 365, 330),
        "linux/redhat": Habit(_MOD_SSL, 365, 330),
        "windows": _WINDOWS,
    }
)
_SIGNED: Final = Habit("O={2}, CN={0}", 730, 640)
"""As a company's own authority signs it."""

_ERAS: Final[Mapping[str, tuple[tuple[int, ...], tuple[int, ...]]]] = MappingProxyType(
    {
        "Apache Tomcat": ((7,), (9,)),
        "Apache httpd": ((2, 4), (2, 4, 37)),
        "Exim smtpd": ((4, 80), (4, 92)),
        "Jetty": ((8,), (9, 4, 20)),
        "Microsoft HTTPAPI httpd": ((2,), (3,)),
        "Microsoft IIS httpd": ((7, 5), (11,)),
        "MySQL": ((5, 5, 20), (5, 7, 30)),
        "ProFTPD": ((1, 3, 4), (1, 3, 6)),
        "lighttpd": ((1, 4, 30), (1, 4, 50)),
        "nginx": ((1, 0), (1, 15)),
    }
)
"""By product: the first version that is classic, the first that is modern. What shows no version is modern."""


def papers(visit: Visit, at: float) -> Papers:
    """What the server behind this visit shows at this moment."""
    identity = visit.identity
    fqdn, host, domain = (visit.fact(name).decode("latin-1") for name in ("fqdn", "host", "domain"))
    habit = _HABITS.get(identity.os) or _HABITS.get(identity.os.partition("/")[0], _SNAKEOIL)
    own = visit.word("subject", at, b"").decode("latin-1")
    firm = domain.partition(".")[0].capitalize()
    issuer: Name = ()
    if not own and _throw(domain) % CA_DOMAINS == 0:
        habit, issuer = _SIGNED, (("O", firm), ("CN", f"{firm} Internal CA"))
    subject = _name(own or habit.subject.format(fqdn, host, firm))
    era_s = habit.anew * DAY_S
    issued_at = int(at) - (int(at) + _throw(fqdn + own)) % era_s
    names = () if own else (fqdn,)
    era = _era(visit)
    protocols = ("http/1.1",) if identity.protocol == "http" and era != "old" else ()
    return Papers(subject, issuer or subject, names, issued_at, habit.days, era, protocols)


def _name(text: str) -> Name:
    return tuple((key, value) for key, value in _ATTRIBUTE.findall(text) if value) or (("CN", "localhost"),)


def _throw(text: str) -> int:
    """A number that always is the same for the same text."""
    return int.from_bytes(blake2s(text.encode("latin-1"), digest_size=8, person=b"papers").digest())


def _era(visit: Visit) -> Era:
    identity = visit.identity
    library = next((found for fact in identity.facts.values() if (found := _OPENSSL.search(fact))), None)
    if library:
        return _between(tuple(map(int, library.groups())), (1, 0), (1, 1))
    # MariaDB has MySQL's clients believe it is one of theirs.
    version = tuple(map(int, re.findall(r"\d+", identity.version.removeprefix("5.5.5-"))[:4]))
    return _between(version, *_ERAS[identity.product]) if version and identity.product in _ERAS else "modern"


def _between(version: tuple[int, ...], classic: tuple[int, ...], modern: tuple[int, ...]) -> Era:
    return "modern" if version >= modern else "classic" if version >= classic else "old"
