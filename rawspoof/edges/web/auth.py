"""Lets in who knows the password or a token, and makes who guesses wait ever longer. Pure ASGI; knows no page.

RFC 7617 (Basic), RFC 6750 (Bearer). What was right is remembered for a while, as a keyed hash: scrypt is slow by
intent, and a page asks many times a minute.
"""

import asyncio
import binascii
import hmac
import secrets
import time
from base64 import b64decode
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from rawspoof.edges.sinks.base import Tally
from rawspoof.edges.web.answer import refuse
from rawspoof.edges.web.passwords import Credentials, is_password, is_token

REMEMBERED_S: Final = 300.0
REMEMBERED_MAX: Final = 256
"""Right credentials remembered; there are as many as tokens, and one password."""
FREE_TRIES: Final = 3
"""Wrong ones before anybody has to wait; people mistype."""
WAIT_S: Final = 1.0
WAIT_MAX_S: Final = 60.0
"""The first wait, doubled with each further wrong one up to this."""
FORGIVEN_S: Final = 900.0
"""Time without a wrong one after which an address is new again."""
ADDRESSES_MAX: Final = 4096
"""Addresses whose failures are counted; the one that failed longest ago goes for a new one."""
CHECKS_MAX: Final = 32
"""Checks waiting for the one that runs: each takes 60 ms."""
HEADER_MAX: Final = 2048

CHALLENGE: Final = [(b"www-authenticate", b'Basic realm="rawspoof", charset="UTF-8"')]


class Patience:
    """How long each address has to wait before it may try again."""

    def __init__(self) -> None:
        self._failures: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def left_s(self, address: str, now: float) -> float:
        """Seconds to wait still, 0 for none."""
        count, at = self._failures.get(address, (0, now))
        if count < FREE_TRIES:
            return 0.0
        return max(at + min(WAIT_S * 2.0 ** min(count - FREE_TRIES, 16), WAIT_MAX_S) - now, 0.0)

    def failed(self, address: str, now: float) -> None:
        """It was wrong once more."""
        count, at = self._failures.pop(address, (0, now))
        self._failures[address] = (1 if now - at > FORGIVEN_S else count + 1, now)
        if len(self._failures) > ADDRESSES_MAX:
            self._failures.popitem(last=False)

    def succeeded(self, address: str) -> None:
        """It was right: all is forgotten."""
        self._failures.pop(address, None)


class Auth:
    """An ASGI application around another."""

    def __init__(
        self,
        app: ASGIApp,
        known: Credentials,
        failed: Callable[[str], None] = lambda address: None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """`failed` is told of each wrong login."""
        self._app, self._known, self._tell, self._now = app, known, failed, now
        self._key = secrets.token_bytes(32)
        self._right: OrderedDict[bytes, float] = OrderedDict()
        self._patience = Patience()
        self._checking = asyncio.Semaphore(1)
        self._waiting = 0
        self.failed = Tally("web admin: wrong logins")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on what is allowed, refuse the rest."""
        said = [value for name, value in scope["headers"] if name == b"authorization"]
        if not said:
            await refuse(send, 401, "a password or a token is needed", CHALLENGE)
            return
        address = _network((scope.get("client") or ("",))[0])
        mark = hmac.digest(self._key, said[0], "blake2s")
        if len(said) == 1 and self._right.get(mark, 0.0) > self._now():
            await self._app(scope, receive, send)
            return
        wait_s = self._patience.left_s(address, self._now())
        if wait_s > 0 or self._waiting >= CHECKS_MAX:
            retry = [(b"retry-after", b"%d" % (int(wait_s) + 1))]
            await refuse(send, 429, f"too many wrong passwords: wait {int(wait_s) + 1} s", retry)
        elif len(said) == 1 and await self._is_right(said[0], mark):
            self._remember(mark)
            self._patience.succeeded(address)
            await self._app(scope, receive, send)
        else:
            self._patience.failed(address, self._now())
            self.failed.add(1, f"the last from {address}")
            self._tell(address)
            await refuse(send, 401, "wrong password or token", CHALLENGE)

    async def _is_right(self, header: bytes, mark: bytes) -> bool:
        how, _, what = header.partition(b" ")
        if len(header) > HEADER_MAX:
            return False
        try:
            if how.lower() == b"bearer":
                return is_token(self._known, what.strip().decode())
            if how.lower() != b"basic":
                return False
            user, colon, password = b64decode(what.strip(), validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return False
        self._waiting += 1
        try:
            async with self._checking:
                # A page asks for several things at once, with the same password.
                if mark in self._right:
                    return True
                return await asyncio.to_thread(is_password, self._known, user, password) and bool(colon)
        finally:
            self._waiting -= 1

    def _remember(self, mark: bytes) -> None:
        self._right[mark] = self._now() + REMEMBERED_S
        if len(self._right) > REMEMBERED_MAX:
            self._right.popitem(last=False)


def _network(address: str) -> str:
    """Whom an address stands for: itself, or with IPv6 its /64, which one host may have whole."""
    return ":".join(address.split(":")[:4]) if ":" in address else address
