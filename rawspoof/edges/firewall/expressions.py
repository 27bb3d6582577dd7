"""A rule's matches and action as nftables expressions, in the shape that pyroute2's rule message takes.

Knows the kernel's register machine: each match loads something into a register and compares it. Decides nothing.
Numbers are from linux/netfilter/nf_tables.h; `nft --debug=netlink` prints the same programs for the same text.
"""

import struct
from socket import AF_INET, AF_INET6, IPPROTO_TCP
from typing import Any, Final

from rawspoof.edges.firewall.plan import Network, Plan
from rawspoof.edges.firewall.ruleset import (
    BLOCK_SETS,
    Action,
    Blocked,
    Family,
    From,
    HasSocket,
    Interface,
    Local,
    Marked,
    Match,
    NotSyn,
    NotTcp,
    NotTo,
    Rule,
    ToPorts,
    Untracked,
)

Expression = dict[str, Any]

_EQ, _NEQ, _LTE, _GTE = 0, 1, 3, 5
_META_MARK, _META_IIFNAME, _META_NFPROTO, _META_L4PROTO = 3, 6, 15, 16
_REGISTER: Final = 1
_VERDICT_REGISTER: Final = 0
_NETWORK_HEADER, _TRANSPORT_HEADER = 1, 2
_SADDR: Final = {4: (12, 4), 6: (8, 16)}
_DADDR: Final = {4: (16, 4), 6: (24, 16)}
_NFPROTO: Final = {4: AF_INET, 6: AF_INET6}
_RTN_LOCAL: Final = 2
_FIB_DADDR: Final = 2
_CT_STATE, _CT_INVALID = 0, 1
_SOCKET_TRANSPARENT: Final = 0
_DROP, _ACCEPT = 0, 1
_QUEUE_BYPASS: Final = 1
_OPENING: Final = 0x17
"""FIN, SYN, RST and ACK: of these the segment that begins a connection has only SYN (a SYN of ECN has others too)."""

# pyroute2 0.9 takes fib's result for a set of bits. It is a number, and 3, the address's type, has these two bits.
_FIB_ADDRESS_TYPE: Final = frozenset({"NFT_FIB_RESULT_UNSPEC", "NFT_FIB_RESULT_OIF"})


def expressions(rule: Rule, plan: Plan, native: bool) -> list[Expression]:
    """The program of a rule; `native` chooses nft's own queue expression over the xtables target."""
    program = [step for wanted in rule.matches for step in _match(wanted)]
    if rule.counted:
        program.append(_expression("counter", bytes=0, packets=0))
    return [*program, _action(rule.action, plan, native)]


def _match(wanted: Match) -> list[Expression]:
    match wanted:
        case Interface(name, negated):
            return [_meta(_META_IIFNAME), _compare(_NEQ if negated else _EQ, name.encode().ljust(16, b"\0"))]
        case NotTcp():
            return [_meta(_META_L4PROTO), _compare(_NEQ, bytes([IPPROTO_TCP]))]
        case Family(version):
            return [_meta(_META_NFPROTO), _compare(_EQ, bytes([_NFPROTO[version]]))]
        case Local(negated):
            kind = _expression("fib", dreg=_REGISTER, result=_FIB_ADDRESS_TYPE, flags=_FIB_DADDR)
            return [kind, _compare(_NEQ if negated else _EQ, _host32(_RTN_LOCAL))]
        case NotTo(network):
            # The family was asked for by the rule's first match.
            return _address(_DADDR, network, _NEQ)
        case From(network):
            return [*_match(Family(network.version)), *_address(_SADDR, network, _EQ)]
        case Blocked(version, how):
            lookup = _expression("lookup", set=f"{BLOCK_SETS[how]}{version}", sreg=_REGISTER)
            return [*_match(Family(version)), _payload(_NETWORK_HEADER, *_SADDR[version]), lookup]
        case NotSyn():
            return [*_tcp(), _payload(_TRANSPORT_HEADER, 13, 1), _mask(bytes([_OPENING])), _compare(_NEQ, b"\x02")]
        case ToPorts(first, last):
            return [*_tcp(), _payload(_TRANSPORT_HEADER, 2, 2), *_between(first, last)]
        case HasSocket():
            # Without a socket the expression itself ends the rule; the comparison holds for any value and is there
            # only because nft does not list a load that nobody uses.
            load = _expression("socket", key=_SOCKET_TRANSPARENT, dreg=_REGISTER)
            return [load, _compare(_LTE, b"\1")]
        case Marked(mark):
            return [_meta(_META_MARK), _compare(_EQ, _host32(mark))]
        case Untracked():
            state = _expression("ct", key=_CT_STATE, dreg=_REGISTER)
            return [state, _mask(_host32(_CT_INVALID)), _compare(_NEQ, bytes(4))]


def _action(action: Action, plan: Plan, native: bool) -> Expression:
    if action is Action.NOTRACK:
        # It has no fields, and pyroute2 no class for it: the name is enough.
        return {"attrs": [("NFTA_EXPR_NAME", "notrack")]}
    if action is Action.QUEUE:
        return _queue(plan, native)
    code = {"attrs": [("NFTA_VERDICT_CODE", _DROP if action is Action.DROP else _ACCEPT)]}
    return _expression("immediate", dreg=_VERDICT_REGISTER, data={"attrs": [("NFTA_DATA_VERDICT", code)]})


def _queue(plan: Plan, native: bool) -> Expression:
    flags = _QUEUE_BYPASS if plan.bypass else 0
    if native:
        return _expression("queue", num=plan.queue, total=plan.queues, flags=flags)
    # struct xt_NFQ_info_v3 of linux/netfilter/xt_NFQUEUE.h, padded as XT_ALIGN wants it.
    info = struct.pack("=HHHxx", plan.queue, plan.queues, flags)
    return _expression("target", name="NFQUEUE", rev=3, info=info)


def _tcp() -> list[Expression]:
    return [_meta(_META_L4PROTO), _compare(_EQ, bytes([IPPROTO_TCP]))]


def _address(field: dict[int, tuple[int, int]], network: Network, op: int) -> list[Expression]:
    """Compare an address with a network, whose family has been made sure of."""
    load = _payload(_NETWORK_HEADER, *field[network.version])
    mask = [] if network.prefixlen == network.max_prefixlen else [_mask(network.netmask.packed)]
    return [load, *mask, _compare(op, network.network_address.packed)]


def _between(first: int, last: int) -> list[Expression]:
    if first == last:
        return [_compare(_EQ, first.to_bytes(2, "big"))]
    return [_compare(_GTE, first.to_bytes(2, "big")), _compare(_LTE, last.to_bytes(2, "big"))]


def _host32(value: int) -> bytes:
    return struct.pack("=I", value)


def _meta(key: int) -> Expression:
    return _expression("meta", key=key, dreg=_REGISTER)


def _payload(base: int, offset: int, length: int) -> Expression:
    return _expression("payload", dreg=_REGISTER, base=base, offset=offset, len=length)


def _compare(op: int, value: bytes) -> Expression:
    return _expression("cmp", sreg=_REGISTER, op=op, data=data(value))


def _mask(mask: bytes) -> Expression:
    registers = {"sreg": _REGISTER, "dreg": _REGISTER}
    return _expression("bitwise", **registers, len=len(mask), mask=data(mask), xor=data(bytes(len(mask))))


def data(value: bytes) -> Expression:
    """A value as netlink wraps it."""
    return {"attrs": [("NFTA_DATA_VALUE", value)]}


def _expression(name: str, /, **fields: object) -> Expression:
    attrs = [(f"NFTA_{name.upper()}_{field.upper()}", value) for field, value in fields.items()]
    return {"attrs": [("NFTA_EXPR_NAME", name), ("NFTA_EXPR_DATA", {"attrs": attrs})]}
