"""The firewall table while it is up: installed on enter, removed on exit, and gone with us whatever ends us.

Knows which form of the table this kernel takes, and what a refusal means to people. Decides no rule and no block.
"""

import errno
import socket
from collections.abc import Iterable, Sequence
from contextlib import suppress
from itertools import islice
from types import TracebackType
from typing import Final, Self

from rawspoof.edges.firewall.messages import (
    Request,
    block_requests,
    first_block_request,
    remove_request,
    rules_requests,
    table_requests,
    unblock_request,
)
from rawspoof.edges.firewall.netlink import NetlinkSocket, Refused
from rawspoof.edges.firewall.plan import TABLE, Plan
from rawspoof.edges.firewall.survey import our_table
from rawspoof.edges.system.proc import described

RESTORED_AT_ONCE: Final = 500
"""Blocks of one batch."""


class FirewallError(Exception):
    """One line for people: what the kernel refused, and the cure."""


def check_interfaces(plan: Plan) -> None:
    """Nothing, if this machine has every interface of the plan. Raises FirewallError, naming those it has."""
    here = {name for _, name in socket.if_nameindex()} - {"lo"}
    for name in plan.interfaces:
        if name not in here:
            raise FirewallError(f"there is no interface {name!r}; this machine has {', '.join(sorted(here)) or 'none'}")


class Guard:
    """A plan's table in the kernel. The kernel lets nobody else change it, and removes it when our socket is gone."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._link: NetlinkSocket | None = None
        self.native = False
        """Whether the kernel took nft's own queue expression, and not only the xtables target."""
        self.blocks_refused = 0
        """Sources that were not blocked because `blocked_max` of their family are."""

    def __enter__(self) -> Self:
        self.install()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.remove()

    def install(self) -> None:
        """Put the whole table in the kernel at once. Raises FirewallError; then nothing has changed."""
        check_interfaces(self._plan)
        try:
            link = NetlinkSocket()
        except OSError as refused:
            raise FirewallError(f"the kernel has no netfilter (CONFIG_NETFILTER): {refused.strerror}") from None
        try:
            self.native = _commit(link, self._plan)
        except Refused as refused:
            link.close()
            raise FirewallError(_explain(refused)) from None
        self._link = link

    def replace(self, plan: Plan) -> None:
        """Put this plan's rules in the place of those in the kernel, at once; who is blocked stays blocked.

        Queues and size are those of the first plan. Raises FirewallError; then nothing has changed.
        """
        check_interfaces(plan)
        try:
            self._installed().commit(rules_requests(plan, self.native))
        except Refused as refused:
            raise FirewallError(_explain(refused)) from None
        self._plan = plan

    def remove(self) -> None:
        """Take the table out of the kernel, if it is ours and there."""
        if self._link is None:
            return
        # The close alone would not do while a forked child still holds a copy of the socket.
        with suppress(Refused):
            self._link.commit([remove_request()])
        self.close_inherited()

    def close_inherited(self) -> None:
        """Drop this process's copy of the socket and leave the table alone: for a forked child.

        A child that kept it would keep the table too, beyond its parent's death.
        """
        if self._link is not None:
            self._link.close()
            self._link = None

    def block(self, address: bytes, seconds: float, how: str = "all") -> bool:
        """Block this source from now for so long; False where the set is full.

        `address` is packed, 4 or 16 bytes; `how` one of `ruleset.BLOCK_SETS`. A source that is blocked already in this
        way is blocked anew. Takes about a millisecond.
        """
        added = self._add(block_requests(address, seconds, how))
        self.blocks_refused += not added
        return added

    def restore(self, blocks: Iterable[tuple[bytes, float, str]]) -> list[bytes]:
        """Block many that are not blocked yet: address, seconds and how, each; those that found no room."""
        full = []
        waiting = iter(blocks)
        while some := list(islice(waiting, RESTORED_AT_ONCE)):
            if not self._add([first_block_request(*one) for one in some]):
                full += [one[0] for one in some if not self._add([first_block_request(*one)])]
        self.blocks_refused += len(full)
        return full

    def unblock(self, address: bytes, how: str = "all") -> None:
        """Listen to this source again, if it was blocked in this way."""
        try:
            self._installed().commit([unblock_request(address, how)])
        except Refused as refused:
            if refused.errno != errno.ENOENT:
                raise

    def _add(self, requests: Sequence[Request]) -> bool:
        try:
            self._installed().commit(requests)
        except Refused as refused:
            if refused.errno != errno.ENFILE:
                raise
            return False
        return True

    def _installed(self) -> NetlinkSocket:
        assert self._link is not None, "the table is not installed"
        return self._link


def _commit(link: NetlinkSocket, plan: Plan) -> bool:
    """Install the table in the first form the kernel takes; True for the native one."""
    try:
        link.commit(table_requests(plan, native=True))
    except Refused as refused:
        # An expression that the kernel lacks is "no such file". Should it be another than the queue, the second try
        # says so.
        if refused.errno != errno.ENOENT:
            raise
    else:
        return True
    link.commit(table_requests(plan, native=False))
    return False


def _explain(refused: Refused) -> str:
    request = refused.request
    if request is None:
        if refused.errno == errno.EPERM:
            cure = "start as root, or with CAP_NET_ADMIN and CAP_NET_RAW"
            return f"no right to change the firewall (CAP_NET_ADMIN): {cure}"
        return f"the kernel has no nftables (CONFIG_NF_TABLES): {refused.reason}"
    if request.what == "the table":
        match refused.errno:
            case errno.EPERM:
                return f"another rawspoof{_holder()} holds table inet {TABLE}: stop it first"
            case errno.EEXIST:
                cure = f"`nft delete table inet {TABLE}`, or keep it and set sensor.firewall = false"
                return f"table inet {TABLE} is there already, loaded by hand: {cure}"
            case errno.EOPNOTSUPP:
                return "the kernel knows no table owner: Linux 5.12 or newer is needed"
    if refused.errno == errno.ENOENT and request.needs:
        return f"the kernel cannot take {request.what}: it lacks {request.needs}"
    return f"the kernel refuses {request.what}: {refused.reason}"


def _holder() -> str:
    _, pid = our_table()
    return f" ({described(pid)})" if pid else ""
