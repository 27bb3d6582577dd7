"""Key exchange, from our KEXINIT to keys in use. RFC 4253 §7 and 8, RFC 4419, RFC 8308.

Knows the messages 20, 21 and 30 to 34 and the order they come in; what is agreed on is `offer`'s and `methods`', the
arithmetic an engine's. A connection has one: sshd takes no other (RFC 4253 §9) before somebody has logged in.
"""

from collections.abc import Callable
from typing import Final

from rawspoof.core.conversation.engines import Exchanged, Later, Ssh
from rawspoof.core.conversation.ssh import groups, offer
from rawspoof.core.conversation.ssh.methods import METHODS, Method, derived, public, secret
from rawspoof.core.conversation.ssh.offer import KEXINIT, Choice, Offer
from rawspoof.core.conversation.ssh.transport import Transport
from rawspoof.core.conversation.ssh.wire import Fields, mpint, string

NEWKEYS: Final = 21
EXT_INFO: Final = 7
_INIT, _REPLY, _GEX_REQUEST_OLD = 30, 31, 30
_GEX_GROUP, _GEX_INIT, _GEX_REPLY, _GEX_REQUEST = 31, 32, 33, 34
_GROUP_MIN, _GROUP_MAX = 1024, 8192
_STRICT_CLIENT, _STRICT_SERVER = "kex-strict-c-v00@openssh.com", "kex-strict-s-v00@openssh.com"


class Broken(Exception):
    """The exchange cannot go on, and the connection neither. Says what the client is told, if anything."""


class TooMany(Exception):
    """Exchanges are begun faster than there is time for: this one is not."""


class Exchange:
    """The key exchange of a connection."""

    def __init__(self, engine: Ssh, transport: Transport, ours: Offer, told: list[tuple[bytes, bytes]]) -> None:
        """`told` is what EXT_INFO says, nothing where the server has none."""
        self._engine, self._transport, self._offer, self._told = engine, transport, ours, told
        self._lines = self._kexinit = self._hashed = self._sizes = self._client = b""
        self._choice: Choice | None = None
        self._method: Method | None = None
        self._awaited = frozenset({KEXINIT})
        self._skip = False
        self._later: Later | None = None
        self._derive: Callable[[bytes, int], bytes] | None = None
        self.over = False
        """Whether both sides use their keys."""
        self.strict = False
        """Whether messages out of order end the connection. OpenSSH's PROTOCOL §1.9."""

    @property
    def waits(self) -> bool:
        """Whether `poll` has yet to say something."""
        return self._later is not None

    def begin(self, client: bytes, server: bytes, cookie: bytes) -> bytes:
        """Our KEXINIT; identifications without line ends."""
        self._lines = string(client) + string(server)
        self._kexinit = offer.build(self._offer, cookie)
        return self._transport.seal(self._kexinit)

    def hear(self, message: bytes, at: float) -> bytes | None:
        """What is said to one of our messages, None if its turn has not come. Raises Broken, TooMany and Short."""
        kind = message[0]
        if self._skip and kind >= _INIT:
            self._skip = False
            return b""
        if kind not in self._awaited:
            return None
        if kind == KEXINIT:
            return self._agree(message)
        if kind == NEWKEYS:
            return self._take()
        if self._method is not None and self._method.family == "gex":
            return self._name_group(message)
        return self._start(message, at)

    def poll(self) -> bytes | None:
        """Our half of the exchange and NEWKEYS, None while it is not done. Raises Broken."""
        assert self._later is not None
        if not self._later.done():
            return None
        result, self._later = self._later.result(), None
        if result is None:
            raise Broken
        return self._reply(result)

    def _agree(self, message: bytes) -> bytes:
        choice = offer.choose(self._offer, message)
        if choice is None or choice.kex not in METHODS:
            raise Broken
        self.strict = _STRICT_CLIENT in choice.marks and _STRICT_SERVER in self._offer.kex
        if self.strict and self._transport.heard_seq != 1:
            raise Broken("strict KEX violation: KEXINIT was not the first packet")
        self._choice, self._method, self._skip = choice, METHODS[choice.kex], choice.guessed_wrong
        self._hashed = self._lines + string(message) + string(self._kexinit)
        gex = self._method.family == "gex"
        self._awaited = frozenset({_GEX_REQUEST, _GEX_REQUEST_OLD} if gex else {_INIT})
        return b""

    def _name_group(self, message: bytes) -> bytes:
        """The group of a group exchange."""
        fields = Fields(message[1:])
        asked = [fields.uint32() for _ in range(3 if message[0] == _GEX_REQUEST else 1)]
        least, wanted, most = asked if len(asked) == 3 else (_GROUP_MIN, asked[0], _GROUP_MAX)
        bits = groups.nearest(least, wanted, most)
        if bits is None or not least <= wanted <= most:
            raise Broken
        group = mpint(groups.prime(bits)) + mpint(groups.GENERATOR)
        self._sizes = message[1 : 1 + 4 * len(asked)] + group
        assert self._method is not None
        self._method = self._method._replace(family=f"dh-{bits}")
        self._awaited = frozenset({_GEX_INIT})
        return self._transport.seal(bytes([_GEX_GROUP]) + group)

    def _start(self, message: bytes, at: float) -> bytes:
        """Have our half calculated; it is polled for."""
        assert self._choice is not None
        assert self._method is not None
        # Either way it is a length and bytes; a number has zeros before it that do not count.
        self._client = Fields(message[1:]).string()
        self._awaited = frozenset()
        self._later = self._engine.exchange(self._method.family, self._client, self._choice.key, self._digest, at)
        if self._later is None:
            raise TooMany
        return b""

    def _digest(self, host_key: bytes, value: bytes, shared: bytes) -> bytes:
        assert self._method is not None
        family = self._method.family
        values = public(family, self._client) + public(family, value)
        whole = self._hashed + string(host_key) + self._sizes + values + secret(self._method, shared)
        return bytes(self._method.hashed(whole).digest())

    def _reply(self, result: Exchanged) -> bytes:
        assert self._choice is not None
        assert self._method is not None
        self._derive = derived(self._method, secret(self._method, result.secret), result.hashed)
        kind = bytes([_GEX_REPLY if self._sizes else _REPLY])
        value = public(self._method.family, result.public)
        seal = self._transport.seal
        said = seal(kind + string(result.host_key) + value + string(result.signature)) + seal(bytes([NEWKEYS]))
        box = self._engine.box(*self._choice.said, self._derive, True)
        if box is None:
            raise Broken
        self._transport.said = box
        if self.strict:
            self._transport.said_seq = 0
        self._awaited = frozenset({NEWKEYS})
        if self._told and "ext-info-c" in self._choice.marks:
            pairs = b"".join([string(name) + string(value) for name, value in self._told])
            said += seal(bytes([EXT_INFO]) + len(self._told).to_bytes(4) + pairs)
        return said

    def _take(self) -> bytes:
        """The client uses the new keys from here on."""
        assert self._choice is not None
        assert self._derive is not None
        box = self._engine.box(*self._choice.heard, self._derive, False)
        if box is None:
            raise Broken
        self._transport.heard = box
        if self.strict:
            self._transport.heard_seq = 0
        self.over, self._awaited = True, frozenset()
        return b""
