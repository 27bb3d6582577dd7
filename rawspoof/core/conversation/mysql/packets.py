"""Bytes of MySQL's connection phase as values. Knows layouts, decides nothing.

Source: dev.mysql.com/doc/dev/mysql-server, "Connection Phase Packets".
"""

import re
from typing import Final, NamedTuple

CONNECT_WITH_DB: Final = 0x8
PROTOCOL_41: Final = 0x200
SSL: Final = 0x800
SECURE_CONNECTION: Final = 0x8000
PLUGIN_AUTH: Final = 1 << 19
PLUGIN_AUTH_LENENC: Final = 1 << 21

_LOW_41: Final = 32
"""Bytes of a 4.1 client's answer before the user name; all there is of a request for TLS."""

# Salts are of any bytes but zero; the capabilities' upper half and all after it came with 4.1 and 5.5.
_GREETING = re.compile(
    rb"(?s)...\0\x0a(?P<version>[^\0]+)\0.{4}(?P<salt>.{8})\0(?P<low>..).{3}(?P<high>..).{11}"
    rb"(?:(?P<rest>.{12})\0(?:(?P<plugin>[^\0]+)\0)?)?$"
)


class Greeting(NamedTuple):
    """What a server said of itself."""

    raw: bytes
    version: bytes
    capabilities: int
    salt: bytes
    """Twenty bytes; eight before 4.1."""
    plugin: bytes
    """How passwords are proven; b"" before there were plug-ins."""


class Login(NamedTuple):
    """What a client answered."""

    capabilities: int
    """Those that both have."""
    user: bytes
    secret: bytes
    plugin: bytes


def greeting(raw: bytes, salt: bytes, tls: bool) -> Greeting | None:
    """The greeting with this salt of twenty bytes for its own, and without the offer of TLS unless `tls`.

    It is as long as before. None for what is no greeting of protocol 10 (an error, say).
    """
    found = _GREETING.match(raw)
    if not found:
        return None
    said = bytearray(raw)
    low = int.from_bytes(found["low"], "little") & (0xFFFF if tls else ~SSL)
    said[slice(*found.span("low"))] = low.to_bytes(2, "little")
    said[slice(*found.span("salt"))] = salt[:8]
    if found["rest"] is None:
        salt = salt[:8]
    else:
        said[slice(*found.span("rest"))] = salt[8:]
    capabilities = low | int.from_bytes(found["high"], "little") << 16
    return Greeting(bytes(said), found["version"], capabilities, salt, found["plugin"] or b"")


def asks_tls(body: bytes) -> bool:
    """Whether a client's first packet is only to say that it wants TLS."""
    return len(body) == _LOW_41 and bool(int.from_bytes(body[:2], "little") & SSL)


def login(body: bytes, offered: int) -> Login | None:
    """A client's answer to a server with these capabilities; None for what ends too early."""
    try:
        if int.from_bytes(body[:2], "little") & offered & PROTOCOL_41:
            return _login_41(body, offered)
        return _login_320(body)
    except ValueError:
        return None


def _login_41(body: bytes, offered: int) -> Login:
    # Clients claim what the server did not offer, and leave out what they would then have to say.
    flags = int.from_bytes(body[:4], "little") & offered
    user, at = _text(body, _LOW_41)
    if flags & (PLUGIN_AUTH_LENENC | SECURE_CONNECTION):
        secret, at = _counted(body, at)
    else:
        secret, at = _text(body, at)
    if flags & CONNECT_WITH_DB:
        # Its name stays in the request: a login that is refused touches no database.
        _, at = _text(body, at)
    return Login(flags, user, secret, _text(body, at)[0] if flags & PLUGIN_AUTH else b"")


def _login_320(body: bytes) -> Login:
    user, at = _text(body, 5)
    return Login(0, user, body[at:].partition(b"\0")[0], b"")


def _text(body: bytes, at: int) -> tuple[bytes, int]:
    """A text that ends with a zero byte, and where the next thing begins. Raises ValueError if it does not end."""
    end = body.index(b"\0", at)
    return body[at:end], end + 1


def _counted(body: bytes, at: int) -> tuple[bytes, int]:
    """A text behind its length. Raises ValueError where that is more than there is; lengths above 250 never are."""
    if at >= len(body) or body[at] > 250 or at + 1 + body[at] > len(body):
        raise ValueError("the client's secret ends too early")
    return body[at + 1 : at + 1 + body[at]], at + 1 + body[at]
