"""Batches of requests to the kernel and back, on one netlink socket of our own. Knows netlink, not what is asked.

pyroute2's own transport is not used: its begin and commit make no transaction, a batch refused as a whole hangs it,
and a table with an owner needs one socket for as long as it is to live. Read linux/netfilter/nfnetlink.h first.
"""

import os
import socket
import struct
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any, Final

from pyroute2.netlink import NLM_F_ACK, NLM_F_DUMP, NLM_F_REQUEST
from pyroute2.netlink.nfnetlink import NFNL_SUBSYS_NFTABLES, nfgen_msg

from rawspoof.edges.firewall.messages import Request

_NETLINK_NETFILTER: Final = 12
_SOL_NETLINK, _CAP_ACK, _EXT_ACK = 270, 10, 11
_SO_SNDBUFFORCE, _SO_RCVBUFFORCE = 32, 33
_NLMSG_ERROR, _NLMSG_DONE = 2, 3
_BATCH_BEGIN, _BATCH_END = 0x10, 0x11
_NFPROTO_UNSPEC, _NFPROTO_INET = 0, 1
_NLM_F_ACK_TLVS: Final = 0x200
_HEADER: Final = struct.Struct("=IHHII")
_ATTRIBUTE: Final = struct.Struct("=HH")
# nlmsghdr, the error number, and the header of the refused message (with CAP_ACK no more of it than that).
_EXT_ACK_OFFSET: Final = 16 + 4 + 16
_NLMSGERR_ATTR_MSG: Final = 1

BUFFER_BYTES: Final = 4 << 20
"""A batch is one datagram: some thousand allowed networks, a rule each, still fit."""


class Refused(OSError):
    """The kernel refused a batch, and so all of it. `request` is whose fault it was, None for the batch itself."""

    def __init__(self, code: int, text: str, request: Request | None) -> None:
        self.reason = f"{os.strerror(code)}: {text}" if text else os.strerror(code)
        self.request = request
        super().__init__(code, self.reason)


class NetlinkSocket:
    """One AF_NETLINK socket. The kernel answers before send returns, so nothing here ever waits."""

    def __init__(self) -> None:
        """Raises OSError where the kernel has no netfilter netlink."""
        kind = socket.SOCK_RAW | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK
        self._socket = socket.socket(socket.AF_NETLINK, kind, _NETLINK_NETFILTER)
        self._socket.setsockopt(_SOL_NETLINK, _CAP_ACK, 1)
        self._socket.setsockopt(_SOL_NETLINK, _EXT_ACK, 1)
        with suppress(PermissionError):
            self._socket.setsockopt(socket.SOL_SOCKET, _SO_SNDBUFFORCE, BUFFER_BYTES)
            self._socket.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, BUFFER_BYTES)
        self._socket.bind((0, 0))

    def commit(self, requests: Sequence[Request]) -> None:
        """All of the requests or none of them. Raises Refused."""
        data = [_marker(_BATCH_BEGIN)]
        for number, request in enumerate(requests):
            # One answer tells that all went well, and that of the last comes last; a refusal comes unasked.
            ack = NLM_F_ACK if number == len(requests) - 1 else 0
            kind = NFNL_SUBSYS_NFTABLES << 8 | request.kind
            data.append(_encode(request.message, kind, request.flags | ack, number, _NFPROTO_INET))
        self._socket.send(b"".join([*data, _marker(_BATCH_END)]))
        answers = list(self._answers())
        assert answers, "the kernel answers every batch"
        for number, code, text in answers:
            if code:
                raise Refused(code, text, requests[number] if number < len(requests) else None)

    def dump(self, cls: Any, kind: int) -> Iterator[Any]:
        """Every object of a kind in this network namespace, all families, as decoded messages of `cls`.

        Raises OSError where the kernel or our rights do not allow it.
        """
        self._socket.send(_encode(cls(), NFNL_SUBSYS_NFTABLES << 8 | kind, NLM_F_DUMP, 0, _NFPROTO_UNSPEC))
        for type_, _, _, message in self._messages():
            if type_ == _NLMSG_ERROR:
                code = -_error(message)
                raise OSError(code, os.strerror(code))
            if type_ != _NLMSG_DONE:
                decoded = cls(message)
                decoded.decode()
                yield decoded

    def close(self) -> None:
        """The socket's end; a table that it owns goes with its last copy."""
        self._socket.close()

    def _answers(self) -> Iterator[tuple[int, int, str]]:
        """Number of the request, error (0: done) and the kernel's words, of each answer there is."""
        for type_, flags, sequence, message in self._messages():
            if type_ == _NLMSG_ERROR:
                yield sequence, -_error(message), _text(message) if flags & _NLM_F_ACK_TLVS else ""

    def _messages(self) -> Iterator[tuple[int, int, int, bytes]]:
        """Type, flags, sequence number and bytes of every message that waits."""
        while True:
            try:
                datagram = self._socket.recv(1 << 18)
            except BlockingIOError:
                return
            offset = 0
            while offset < len(datagram):
                length, type_, flags, sequence, _ = _HEADER.unpack_from(datagram, offset)
                yield type_, flags, sequence, datagram[offset : offset + length]
                offset += (length + 3) & ~3


def _marker(kind: int) -> bytes:
    """Begin or end of a batch; its number is no request's."""
    marker = nfgen_msg()
    marker["res_id"] = NFNL_SUBSYS_NFTABLES
    return _encode(marker, kind, 0, 0xFFFFFFFF, _NFPROTO_UNSPEC)


def _encode(message: Any, kind: int, flags: int, sequence: int, family: int) -> bytes:
    message["header"]["type"] = kind
    message["header"]["flags"] = NLM_F_REQUEST | flags
    message["header"]["sequence_number"] = sequence
    message["nfgen_family"] = family
    message.reset()
    message.encode()
    return bytes(message.data)


def _error(message: bytes) -> int:
    (code,) = struct.unpack_from("=i", message, _HEADER.size)
    return int(code)


def _text(message: bytes) -> str:
    """The kernel's own words about a refusal, "" where it has none."""
    offset = _EXT_ACK_OFFSET
    while offset < len(message):
        length, kind = _ATTRIBUTE.unpack_from(message, offset)
        if kind == _NLMSGERR_ATTR_MSG:
            return message[offset + 4 : offset + length].rstrip(b"\0").decode(errors="replace")
        offset += (length + 3) & ~3
    return ""
