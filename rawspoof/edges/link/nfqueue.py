"""The live door: packets from an NFQUEUE queue, answers through raw sockets with our mark. Decides nothing.

The kernel's copy is dropped (verdict) unless the sensor says it is not ours. See the firewall room for how packets
get into the queue, and for what the mark is good for.
"""

import os
import select
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from struct import Struct
from typing import Any, Final

from netfilterqueue import COPY_PACKET, NetfilterQueue

from rawspoof.core.outcome import Outcome, Verdict
from rawspoof.edges.link.base import Arrival

BATCH_MAX: Final = 64
"""Packets taken from the queue before they are worked on: under a flood the queue never runs dry by itself."""
COPY_BYTES: Final = 4016
"""As much as netfilterqueue's buffer holds; the kernel segments larger packets before they get here."""
RECEIVE_BUFFER: Final = 32 << 20
"""Room for a whole queue of small packets: the kernel counts some 400 bytes for each."""
SEND_BUFFER: Final = 4 << 20
FINISH_S: Final = 0.3
_VERDICT_BATCH: Final = 3 << 8 | 3
"""linux/netfilter/nfnetlink_queue.h: NFNL_SUBSYS_QUEUE, NFQNL_MSG_VERDICT_BATCH."""
_REQUEST: Final = 1
_DROP_UP_TO = Struct("=IHHIIBBHHHII").pack
"""nlmsghdr, nfgenmsg, and NFQA_VERDICT_HDR: verdict and packet number in network order."""
_IP6_LINK_LOCAL: Final = b"\xfe\x80"


class QueueTaken(OSError):
    """The queue could not be had: another program listens to it, or the kernel has no NFQUEUE."""


class _Enough(BaseException):
    """Raised out of netfilterqueue's loop, which by itself ends only when the queue is empty."""


class NfqueueLink:
    """One queue. `now` gives seconds since the epoch; raises QueueTaken if the queue cannot be bound."""

    def __init__(self, queue: int, queue_max: int, mark: int, now: Callable[[], float]) -> None:
        self._now = now
        self._batch: list[tuple[Any, bytes]] = []
        self._packet: Any = None
        self._queue = NetfilterQueue()
        try:
            self._queue.bind(
                queue, self._take, max_len=queue_max, mode=COPY_PACKET, range=COPY_BYTES, sock_len=RECEIVE_BUFFER
            )
        except OSError as error:
            raise QueueTaken(f"queue {queue} cannot be had: {error}") from None
        self._number = socket.htons(queue)
        self._verdicts = socket.socket(fileno=os.dup(self._queue.get_fd()))
        self._wake_r, self._wake_w = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._poll = select.poll()
        self._poll.register(self._queue.get_fd(), select.POLLIN)
        self._poll.register(self._wake_r, select.POLLIN)
        self._stopping = False
        self._ip4, self._ip6 = _raw_socket(socket.AF_INET, mark), _raw_socket(socket.AF_INET6, mark)
        self.unsent = 0
        """Packets that the kernel did not take."""
        self.idle: Callable[[], None] = lambda: None
        """Called whenever no packet waits."""
        self._turn: Callable[[], None] = lambda: None
        self._turn_s, self._turn_at, self._heard = float("inf"), float("inf"), -1

    def arrivals(self, next_deadline: Callable[[], float | None]) -> Iterator[Arrival]:
        """Packets until `stop`; see `Link`."""
        until = float("inf")
        while (now := self._now()) < until:
            if now >= self._turn_at:
                self._turn_at = now + self._turn_s
                self._turn()
            self._drain()
            if not self._batch:
                self.idle()
                if self._stopping:
                    return
                self._wait(next_deadline())
            if self._stopping:
                until = min(until, self._now() + FINISH_S)
            for packet, raw in self._batch:
                at = self._now()
                due = next_deadline()
                if due is not None and due <= at:
                    yield Arrival(at, None)
                self._packet = packet
                yield Arrival(at, raw)
            if self._batch:
                self._drop_all()
                self._batch.clear()
            due = next_deadline()
            if due is not None and due <= (at := self._now()):
                yield Arrival(at, None)

    def attend(self, fd: int, turn: Callable[[], None], every_s: float) -> None:
        """Have `turn` called between two packets: this often, and at once if something comes in here while none come.

        It is called for as long as `fd` has anything to read; `neglect` it when that has ended.
        """
        self._heard, self._turn, self._turn_s, self._turn_at = fd, turn, every_s, 0.0
        self._poll.register(fd, select.POLLIN)

    def neglect(self) -> None:
        """Look at that descriptor no more; `turn` is called as often as before."""
        self._poll.unregister(self._heard)

    def leave(self, outcome: Outcome) -> None:
        """Verdict and answers; see `Link`."""
        packet, self._packet = self._packet, None
        # The others of the batch are dropped together, see `_drop_all`.
        if outcome.verdict is Verdict.ACCEPT and packet is not None:
            packet.accept()
        for raw in outcome.packets:
            self._send(raw, packet)

    def stop(self) -> None:
        """End `arrivals` once the queue is empty, at the latest after FINISH_S; safe in a signal handler."""
        self._stopping = True
        os.write(self._wake_w, b".")

    def close(self) -> None:
        """Unbind the queue; packets still in it get no verdict from us."""
        self._verdicts.close()
        self._queue.unbind()
        for fd in (self._wake_r, self._wake_w):
            os.close(fd)
        self._ip4.close()
        self._ip6.close()

    def _take(self, packet: Any) -> None:
        self._batch.append((packet, packet.get_payload()))
        if len(self._batch) >= BATCH_MAX:
            raise _Enough

    def _drop_all(self) -> None:
        """One verdict for every packet up to the batch's last that has none yet (netfilterqueue gives one a packet)."""
        last = socket.htonl(self._batch[-1][0].id)
        try:
            self._verdicts.send(_DROP_UP_TO(32, _VERDICT_BATCH, _REQUEST, 0, 0, 0, 0, self._number, 12, 2, 0, last))
        except OSError:
            # The kernel is short of memory. Without a verdict these would keep their places in the queue for good.
            for packet, _ in self._batch:
                with suppress(RuntimeError):  # it has been accepted
                    packet.drop()

    def _drain(self) -> None:
        with suppress(_Enough):
            self._queue.run(block=False)

    def _wait(self, deadline: float | None) -> None:
        """Until a packet is there, a deadline is due, or `stop`."""
        until = self._turn_at if deadline is None else min(deadline, self._turn_at)
        timeout_ms = None if until == float("inf") else max(until - self._now(), 0) * 1000 + 1
        for fd, _ in self._poll.poll(timeout_ms):
            if fd == self._heard:
                self._turn_at = 0.0

    def _send(self, raw: bytes, packet: Any) -> None:
        try:
            if raw[0] >> 4 == 4:
                self._ip4.sendto(raw, (socket.inet_ntoa(raw[16:20]), 0))
            else:
                # A link-local address means something on one interface only: the one the packet came from.
                scope = packet.indev if packet is not None and raw[24:26] == _IP6_LINK_LOCAL else 0
                self._ip6.sendto(raw, (socket.inet_ntop(socket.AF_INET6, raw[24:40]), 0, 0, scope))
        except OSError:
            self.unsent += 1


def _raw_socket(family: socket.AddressFamily, mark: int) -> socket.socket:
    raw = socket.socket(family, socket.SOCK_RAW | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC, socket.IPPROTO_RAW)
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_MARK, mark)
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
    return raw
