"""Android's debugger: a device that wants a key and takes none, or one that is open and opens nothing.

system/core/adb, protocol.txt (messages, AUTH). How a device answers CNXN is in its file: with CNXN if it is open.
A locked one has there what nmap knows, AUTH with the magic of CNXN; to all others it says AUTH as it should be.
"""

import struct
from typing import Final

from rawspoof.core.conversation.base import Credential, Reply, Then
from rawspoof.core.conversation.framing import REQUEST_MAX, Frame
from rawspoof.core.conversation.speaker import Speaker
from rawspoof.core.conversation.visit import Visit
from rawspoof.core.conversation.written import written

_HEAD: Final = struct.Struct("<4s5I")
_TOKEN, _SIGNATURE, _PUBLIC_KEY = 1, 2, 3
TOKEN_BYTES: Final = 20


class Adb(Speaker):
    """One computer's connection to a device."""

    patience_s = 120.0

    def __init__(self, visit: Visit) -> None:
        super().__init__(visit)
        self._token = b""
        """What is to be signed; b"" before, and where the device is open."""
        self._tokens = 0
        self._online = False

    def frame(self, heard: bytearray) -> Frame | None:
        """A message behind its head; a head that does not fit together (its magic) is the last."""
        if len(heard) < _HEAD.size:
            return None
        command, _, _, size, _, magic = _HEAD.unpack_from(heard)
        if magic != int.from_bytes(command, "little") ^ 0xFFFFFFFF or size > REQUEST_MAX - _HEAD.size:
            return Frame(bytes(heard[: _HEAD.size]), _HEAD.size, last=True)
        end = _HEAD.size + size
        return Frame(bytes(heard[:end]), end) if len(heard) >= end else None

    def answer(self, request: bytes, at: float) -> Reply | None:
        """CNXN as the file has it; another token to each signature; CLSE to who would open something."""
        command, first, _, size, *_ = _HEAD.unpack_from(request)
        if len(request) != _HEAD.size + size:
            return Reply(b"", Then.CLOSE)
        if command == b"CNXN":
            return self._connect(request, at)
        if command == b"AUTH" and self._token:
            return self._authenticate(first, request[_HEAD.size :])
        if command == b"OPEN" and self._online and first:
            return Reply(message(b"CLSE", 0, first), Then.LISTEN)
        # As adbd does: what is not for now is passed over.
        return None

    def _connect(self, request: bytes, at: float) -> Reply | None:
        known = written(self.visit.identity, request, at)
        if known is None:
            return Reply(self._challenge(), Then.LISTEN)
        self._online = known.data[:4] == b"CNXN"
        self._token = b"" if self._online else known.data[_HEAD.size :]
        return known

    def _challenge(self) -> bytes:
        self._token = self.visit.octets(b"adb %d" % self._tokens, TOKEN_BYTES)
        self._tokens += 1
        return message(b"AUTH", _TOKEN, 0, self._token)

    def _authenticate(self, kind: int, data: bytes) -> Reply | None:
        if kind == _SIGNATURE:
            proof = Credential("signature", b"", b"%b:%b" % (self._token.hex().encode(), data.hex().encode()))
            return Reply(self._challenge(), Then.LISTEN, notes=(proof,))
        if kind == _PUBLIC_KEY:
            # The key, then who has it; the device asks its owner, who is not there.
            key, _, user = data.rstrip(b"\0").partition(b" ")
            return Reply(b"", Then.LISTEN, notes=(Credential("publickey", user, key),))
        return None


def message(command: bytes, first: int, second: int, data: bytes = b"") -> bytes:
    """A message with its checksum and magic."""
    magic = int.from_bytes(command, "little") ^ 0xFFFFFFFF
    return _HEAD.pack(command, first, second, len(data), sum(data), magic) + data
