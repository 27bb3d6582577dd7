"""What comes to portspoof's port, through chains and exceptions, interface by interface."""

import shlex

import pytest

from rawspoof.config.migrate.rules import ALL, command, written
from rawspoof.config.migrate.walk import TooManyRules, Walk, chains

LISTENERS = frozenset({4444})
TO = "-p tcp -j REDIRECT --to-ports 4444"


def redirected(interface, *lines):
    rules = [command(shlex.split(f"iptables -t nat {line}"), "w") for line in lines]
    return written(Walk(chains(rules), LISTENERS).redirected(interface))


def test_all_but_what_returned_before():
    rules = (
        "-A PREROUTING -p tcp --dport 22 -j RETURN",
        f"-A PREROUTING {TO}",
        "-A PREROUTING -p tcp --dport 80 -j RETURN",
    )
    assert redirected("eth0", *rules) == ["1-21", "23-65535"]
    first = (f"-A PREROUTING {TO}", "-I PREROUTING -p tcp --dport 1:65534 -j ACCEPT")
    assert redirected("eth0", *first) == [65535]


def test_an_interface_of_its_own():
    rules = (f"-A PREROUTING ! -i lo {TO}", "-I PREROUTING -i eth1 -j RETURN")
    assert redirected("eth0", *rules) == written(ALL)
    assert redirected("eth1", *rules) == redirected("lo", *rules) == []


def test_chains_are_followed_and_come_back():
    rules = (
        "-N OWN",
        "-A PREROUTING -p tcp --dport 1:99 -j OWN",
        "-A PREROUTING -p tcp --dport 50 -j REDIRECT --to-ports 4444",
        "-A OWN -p tcp --dport 50:60 -j RETURN",
        "-A OWN -p tcp -j LOG",
        f"-A OWN {TO}",
    )
    assert redirected("eth0", *rules) == ["1-50", "61-99"]


def test_conditions_that_are_not_understood_take_no_port_out():
    rules = (
        "-A PREROUTING -p tcp -m owner --uid-owner 5 -j RETURN",
        "-A PREROUTING -p udp -j RETURN",
        f"-A PREROUTING {TO}",
    )
    assert redirected("eth0", *rules) == written(ALL)
    assert redirected("eth0", "-A PREROUTING -p tcp -j REDIRECT --to-ports 5-6") == []


def test_chains_that_never_end_are_given_up():
    assert redirected("eth0", "-A PREROUTING -j PREROUTING", f"-A PREROUTING {TO}") == written(ALL)
    loops = [f"-A {a} -p tcp -j {b}" for a in "ABCDEFGHIJ" for b in "ABCDEFGHIJ" for _ in range(3)]
    with pytest.raises(TooManyRules):
        redirected("eth0", "-A PREROUTING -j A", *loops)
