"""What rules around portspoof come to."""

import shlex

import pytest

from rawspoof.config.load import load
from rawspoof.config.migrate import firewall
from rawspoof.config.migrate.draft import Draft, Fate
from rawspoof.config.migrate.rules import command

TO = "-t nat -A PREROUTING -p tcp -j REDIRECT --to-ports 4444"
BAN = {"block.enabled": True}


def taken(*lines, listeners=frozenset({4444})):
    draft = Draft()
    said = [line if line.startswith("ip") else f"iptables {line}" for line in lines]
    firewall.take([command(shlex.split(line), f"f:{n}") for n, line in enumerate(said, 1)], listeners, draft)
    load(None, draft.values)
    return draft


@pytest.mark.parametrize(
    ("lines", "values"),
    [
        ([TO], {}),
        (["-t nat -A PREROUTING -i eth0 -p tcp -j REDIRECT --to-port 4444"], {"sensor.interfaces": ["eth0"]}),
        (["-t nat -A PREROUTING -p tcp --dport 22 -j RETURN", TO], {"sensor.exempt_ports": [22]}),
        (["-t nat -A PREROUTING -p tcp --dport 8000:8010 -j ACCEPT", TO], {"sensor.exempt_ports": ["8000-8010"]}),
        (["-t nat -A PREROUTING -s 192.0.2.0/24 -j RETURN", TO], {"sensor.allow": ["192.0.2.0/24"]}),
        (
            ["-t nat -A PREROUTING -p tcp --dport 22 -j REDIRECT --to-port 2222"],
            {"sensor.only_ports": [22]},
        ),
        (
            [TO, "-t nat -I PREROUTING -p tcp --dport 80 -j REDIRECT --to-port 8080"],
            {"sensor.exempt_ports": [80]},
        ),
        (
            ["-t nat -A PREROUTING -p tcp --dport 443 -j DNAT --to-destination 192.0.2.9", TO],
            {"sensor.exempt_ports": [443]},
        ),
        (
            ["-t nat -A PREROUTING -d 192.0.2.5/32 -p tcp -j REDIRECT --to-ports 4444"],
            {"sensor.addresses": ["192.0.2.5"]},
        ),
        (["-A INPUT -m recent --name P --rcheck --seconds 60 -j DROP"], BAN | {"block.seconds": 60.0}),
        (
            ["-A INPUT -p tcp --syn --dport 4444 -m connlimit --connlimit-above 100 -m recent --name P --set -j DROP"],
            BAN | {"block.connections_min": 101, "block.ports_min": 0, "block.level_min": 0},
        ),
        (["-A INPUT -p tcp --syn -m connlimit --connlimit-above 100 -j DROP"], {}),
        (
            ["-A INPUT -p tcp --syn -m hashlimit --hashlimit-above 10/sec --hashlimit-name x -j DROP"],
            {"tcp.answers_per_s_max": 10.0},
        ),
        (
            ["-A INPUT -p tcp -m hashlimit --hashlimit-upto 600/minute --hashlimit-name x -j ACCEPT"],
            {"tcp.answers_per_s_max": 10.0},
        ),
        (["-A INPUT -i lo -j ACCEPT", "-A INPUT -m state --state NEW -j ACCEPT", "-P INPUT DROP", "-F"], {}),
        (["-t nat -A PREROUTING -p udp -j REDIRECT --to-ports 4444", TO], {}),
        ([TO, f"ip6tables {TO}"], {}),
    ],
)
def test_what_rules_come_to(lines, values):
    draft = taken(*lines)
    assert draft.values == values
    assert draft.counts[Fate.ASK] == 0
    assert {finding.where for finding in draft.findings} >= {f"f:{n}" for n in range(1, len(lines) + 1)}


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (["-t nat -A PREROUTING -s 192.0.2.1 -p tcp --dport 22 -j RETURN", TO], "whole ports"),
        (["-t nat -A PREROUTING -d 192.0.2.1 -j RETURN", TO], "whole ports"),
        (["-t nat -A PREROUTING -s 192.0.2.1 -p tcp -j REDIRECT --to-ports 4444"], "only some packets"),
        ([TO, "-t nat -A PREROUTING -p tcp -j DNAT --to-destination 192.0.2.9"], "before they are forwarded"),
        (["-t nat -A POSTROUTING -o eth0 -j MASQUERADE"], "32768-60999"),
        (["-A INPUT -s 192.0.2.66 -j DROP"], "rawspoof block add 192.0.2.66"),
        (["-A INPUT -m hashlimit --hashlimit-above 10kb/s --hashlimit-name x -j DROP"], "answers_per_s_max"),
        (["-t nat -A PREROUTING -p tcp -j RETURN", TO], "nothing was spoofed"),
        (["-t nat -A PREROUTING -i eth1 -j RETURN", TO], "every interface but eth1"),
        (["-t nat -A PREROUTING -i eth1 -p tcp --dport 9 -j RETURN", TO], "not the same ports everywhere"),
        (["-t nat -A PREROUTING -m owner --uid-owner 5 -j X", TO], "no such condition"),
    ],
)
def test_what_a_person_has_to_decide(lines, why):
    asked = [str(finding) for finding in taken(*lines).findings if finding.fate is Fate.ASK]
    assert len(asked) == 1
    assert why in asked[0]


def test_chains_without_end_are_asked_about():
    loops = [f"-t nat -A {a} -p tcp -j {b}" for a in "ABCDEFGHIJ" for b in "ABCDEFGHIJ" for _ in range(3)]
    draft = taken("-t nat -A PREROUTING -j A", *loops, TO)
    assert "without end" in next(finding.why for finding in draft.findings if finding.fate is Fate.ASK)


def test_settings_of_the_kernel_are_not_needed():
    assert "backlog" in firewall.kernel_setting(["sysctl", "-w", "net.core.somaxconn=4096"])
    assert firewall.kernel_setting(["sysctl", "-w", "net.ipv4.ip_forward=1"]) == ""
