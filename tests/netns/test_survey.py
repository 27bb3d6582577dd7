"""What is read back from nftables: our own table's owner, and the chains of others."""

import os

import pytest

from rawspoof.edges.firewall.guard import Guard
from rawspoof.edges.firewall.plan import Plan
from rawspoof.edges.firewall.survey import Does, hooked, our_table
from tests.netns.taps import call

pytestmark = pytest.mark.netns


def test_whose_the_table_is(lab):
    with lab.inside("sensor"):
        assert our_table() == (False, None)
        with Guard(Plan()):
            assert our_table() == (True, os.getpid())
        call(lab, "sensor", "nft", "add", "table", "inet", "rawspoof")
        assert our_table() == (True, None)
        call(lab, "sensor", "nft", "delete", "table", "inet", "rawspoof")
        # The same name in another family is somebody else's.
        call(lab, "sensor", "nft", "add", "table", "ip", "rawspoof")
        assert our_table() == (False, None)


EARLY = """
table inet mine {
    chain plain {
        drop
    }
    chain early {
        type filter hook prerouting priority -310; policy drop;
        jump plain
    }
}
"""


def test_chains_of_others_with_what_their_rules_do(lab):
    redirect = ("-p", "tcp", "-j", "REDIRECT", "--to-ports", "4444")
    call(lab, "sensor", "iptables", "-t", "nat", "-A", "PREROUTING", *redirect)
    call(lab, "sensor", "nft", "-f", "-", text=EARLY)
    with lab.inside("sensor"), Guard(Plan()):
        nat, early = hooked()
    assert nat[:7] == ("ip", "nat", "PREROUTING", "nat", 0, -100, False)
    assert "REDIRECT" in nat.does
    assert early[:7] == ("inet", "mine", "early", "filter", 0, -310, True)
    assert early.rules == (
        Does(frozenset({"immediate", "jump"}), 0, -1, "plain"),
        Does(frozenset({"immediate", "drop"}), 0, -1, ""),
    )


def test_a_rules_port_and_its_queue_however_it_was_written(lab):
    for rule in ("-p tcp --dport 8080 -j DNAT --to-destination 10.0.0.2:80", "-p tcp --sport 8080 -j RETURN"):
        call(lab, "sensor", "iptables", "-t", "nat", "-A", "PREROUTING", *rule.split())
    call(lab, "sensor", "iptables", "-A", "INPUT", "-j", "NFQUEUE", "--queue-num", "259")
    with lab.inside("sensor"):
        nat, inputs = hooked()
    assert [rule.port for rule in nat.rules] == [8080, 0]
    assert [rule.queue for rule in inputs.rules] == [259]


def test_chains_that_lead_to_each_other_are_read_once(lab):
    table = "table ip t {\nchain b {\ncounter\n}\nchain a {\ntype filter hook input priority 0\njump b\njump b\n}\n}"
    call(lab, "sensor", "nft", "-f", "-", text=table)
    with lab.inside("sensor"):
        (chain,) = hooked()
    assert [rule.goes_to for rule in chain.rules] == ["b", "b", ""]
