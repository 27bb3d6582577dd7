"""Whose packet it is."""

from ipaddress import ip_network
from typing import Any

import pytest

from rawspoof.core.gate import Gate
from rawspoof.core.wire.segment import SYN
from tests.peers import DST, DST6, segment


def gate(
    addresses: tuple[bytes, ...] = (),
    networks: tuple[str, ...] = (),
    exempt: tuple[int, ...] = (),
    allow: tuple[str, ...] = (),
) -> Gate:
    return Gate(addresses, [ip_network(n) for n in networks], exempt, [ip_network(n) for n in allow])


CASES: list[tuple[Gate, dict[str, Any], bool]] = [
    (gate(), {}, True),
    (gate(), {"ip6": True}, True),
    (gate(addresses=(DST,)), {}, True),
    (gate(addresses=(DST,)), {"ip6": True}, False),
    (gate(addresses=(DST6,)), {"ip6": True}, True),
    (gate(addresses=(bytes(4),)), {}, False),
    (gate(networks=("198.51.100.0/30",)), {}, True),
    (gate(networks=("198.51.100.4/30",)), {}, False),
    (gate(networks=("2001:db8::/64",)), {"ip6": True}, True),
    (gate(networks=("2001:db8::/64",)), {}, False),
    (gate(addresses=(bytes(4),), networks=("198.51.100.1/32",)), {}, True),
    (gate(exempt=(22,)), {}, False),
    (gate(exempt=(23,)), {}, True),
    (gate(addresses=(DST,), exempt=(22,)), {}, False),
    (gate(allow=("198.51.100.0/24",)), {}, False),
    (gate(allow=("198.51.101.0/24",)), {}, True),
    (gate(allow=("0.0.0.0/0",)), {}, False),
    (gate(allow=("0.0.0.0/0",)), {"ip6": True}, True),
    (gate(allow=("::/0",)), {"ip6": True}, False),
    (gate(allow=("::/0",)), {}, True),
]


@pytest.mark.parametrize(("judge", "fields", "ours"), CASES, ids=range(len(CASES)))
def test_whether_it_is_ours(judge: Gate, fields: dict[str, Any], ours: bool) -> None:
    assert judge.ours(segment(SYN, **fields)) is ours
