"""The programs of rules. That the kernel takes them, and nft reads them as our text, is in tests/netns."""

import struct
from ipaddress import ip_network
from typing import Any

import pytest

from rawspoof.edges.firewall.expressions import expressions
from rawspoof.edges.firewall.plan import MARK, Plan
from rawspoof.edges.firewall.ruleset import (
    Action,
    Blocked,
    Chain,
    From,
    HasSocket,
    Marked,
    Match,
    NotSyn,
    Rule,
    ToPorts,
)

DEFAULT = Plan()


def program(*matches: Match, action: Action = Action.DROP, plan: Plan = DEFAULT, native: bool = True):
    """Name of each expression with its fields, by their short names."""
    rule = Rule(Chain.PREROUTING, matches, action, "")
    return [(_name(step), _fields(step)) for step in expressions(rule, plan, native)]


def _name(step: dict[str, Any]) -> str:
    return dict(step["attrs"])["NFTA_EXPR_NAME"]


def _fields(step: dict[str, Any]) -> dict[str, Any]:
    inner = dict(step["attrs"]).get("NFTA_EXPR_DATA", {"attrs": []})["attrs"]
    return {name.split("_", 2)[2].lower(): value for name, value in inner}


def compared(steps) -> list[tuple[int, bytes]]:
    """Operator and value of every comparison."""
    return [(fields["op"], fields["data"]["attrs"][0][1]) for name, fields in steps if name == "cmp"]


def test_a_port_is_compared_in_network_order_behind_a_check_that_it_is_tcp():
    assert compared(program(ToPorts(22, 22))) == [(0, b"\x06"), (0, b"\0\x16")]
    assert compared(program(ToPorts(22, 0x1234))) == [(0, b"\x06"), (5, b"\0\x16"), (3, b"\x12\x34")]


def test_a_network_is_compared_under_its_mask_and_an_address_without():
    masked = program(From(ip_network("10.0.0.0/8")))
    assert [fields["mask"]["attrs"][0][1] for name, fields in masked if name == "bitwise"] == [b"\xff\0\0\0"]
    assert compared(masked) == [(0, b"\x02"), (0, b"\x0a\0\0\0")]
    assert [name for name, _ in program(From(ip_network("10.0.0.1")))] == ["meta", "cmp", "payload", "cmp", "immediate"]


@pytest.mark.parametrize(("version", "place"), [(4, (12, 4)), (6, (8, 16))])
def test_a_blocked_source_is_looked_up_in_the_set_of_its_family(version, place):
    steps = dict(program(Blocked(version, "all")))
    assert (steps["payload"]["offset"], steps["payload"]["len"]) == place
    assert steps["lookup"]["set"] == f"blocked{version}"
    assert dict(program(Blocked(version, "tarpit")))["lookup"]["set"] == f"held{version}"


def test_what_begins_a_connection_is_told_by_four_flags():
    steps = program(NotSyn())
    assert compared(steps) == [(0, b"\x06"), (1, b"\x02")]
    assert [fields["mask"]["attrs"][0][1] for name, fields in steps if name == "bitwise"] == [b"\x17"]


def test_our_mark_is_compared_in_host_order():
    assert compared(program(Marked(MARK))) == [(0, struct.pack("=I", MARK))]


def test_the_answer_about_a_socket_is_used_or_nft_would_not_list_it():
    assert [name for name, _ in program(HasSocket())] == ["socket", "cmp", "immediate"]


@pytest.mark.parametrize(("bypass", "flags"), [(True, 1), (False, 0)])
def test_the_queue_in_both_forms(bypass, flags):
    plan = Plan(queue=7, queues=3, bypass=bypass)
    assert program(action=Action.QUEUE, plan=plan) == [("queue", {"num": 7, "total": 3, "flags": flags})]
    ((name, fields),) = program(action=Action.QUEUE, plan=plan, native=False)
    assert (name, fields["name"], fields["rev"]) == ("target", "NFQUEUE", 3)
    assert fields["info"] == struct.pack("=HHHxx", 7, 3, flags)
