"""Configuration to Plan: few networks, few spans, nothing lost."""

from ipaddress import ip_network
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from rawspoof.config.model import Config, Sensor
from rawspoof.edges.firewall.plan import MARK, Plan, of_family, plan_from


def plan_of(**sensor) -> Plan:
    return plan_from(Config(sensor=Sensor(**sensor)))


def test_the_default_configuration_covers_everything_with_one_queue_that_may_be_bypassed():
    assert plan_of() == Plan() == Plan((), (), (), (), (), queue=0, queues=1, bypass=True, mark=MARK)


def test_every_field_comes_from_the_sensors_section():
    plan = plan_of(
        interfaces=("eth0", "eth1"),
        addresses=("2001:db8::1", "192.0.2.1"),
        networks=("203.0.113.0/24",),
        exempt_ports=(443, 22),
        allow=("198.51.100.7/32",),
        workers=4,
        queue=100,
        bypass=False,
    )
    assert plan == Plan(
        interfaces=("eth0", "eth1"),
        addresses=(ip_network("192.0.2.1"), ip_network("2001:db8::1")),
        networks=(ip_network("203.0.113.0/24"),),
        exempt_ports=((22, 22), (443, 443)),
        allow=(ip_network("198.51.100.7/32"),),
        queue=100,
        queues=4,
        bypass=False,
    )


def test_networks_inside_or_beside_one_another_become_one():
    plan = plan_of(networks=("10.1.0.0/16", "10.0.0.0/8", "192.0.2.128/25", "192.0.2.0/25", "2001:db8::/33"))
    assert [str(n) for n in plan.networks] == ["10.0.0.0/8", "192.0.2.0/24", "2001:db8::/33"]
    assert [str(n) for n in of_family(plan.networks, 6)] == ["2001:db8::/33"]


@given(st.lists(st.integers(1, 40)))
def test_spans_hold_the_ports_and_no_other_and_never_touch(ports):
    spans = plan_of(exempt_ports=tuple(ports)).exempt_ports
    assert sorted(set(ports)) == [port for first, last in spans for port in range(first, last + 1)]
    assert all(last + 1 < first for (_, last), (first, _) in pairwise(spans))


def test_where_ports_are_named_all_others_are_exempt():
    assert plan_of(only_ports=(22, 445, 23), exempt_ports=(23,)).exempt_ports == ((0, 21), (23, 444), (446, 65535))
    assert plan_of(only_ports=(65535, 1)).exempt_ports == ((0, 0), (2, 65534))
