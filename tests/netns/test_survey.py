"""What is read back from nftables: our own table's owner, and the chains of others."""

import os

import pytest

from rawspoof.edges.firewall.guard import Guard
from rawspoof.edges.firewall.plan import Plan
from rawspoof.edges.firewall.survey import Hooked, hooked, our_table
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
        type filter hook prerouting priority -310
        jump plain
    }
}
"""


def test_chains_of_others_with_what_their_tables_do(lab):
    redirect = ("-p", "tcp", "-j", "REDIRECT", "--to-ports", "4444")
    call(lab, "sensor", "iptables", "-t", "nat", "-A", "PREROUTING", *redirect)
    call(lab, "sensor", "nft", "-f", "-", text=EARLY)
    with lab.inside("sensor"), Guard(Plan()):
        nat, early = hooked()
    assert nat[:6] == ("ip", "nat", "PREROUTING", "nat", 0, -100)
    assert "REDIRECT" in nat.does
    assert early == Hooked("inet", "mine", "early", "filter", 0, -310, frozenset({"immediate"}))
