"""portspoof's better init script: its variables are the rules that it would have made."""

from rawspoof.config.migrate import initd
from rawspoof.config.migrate.draft import Draft, Fate
from rawspoof.config.migrate.rules import command, written
from rawspoof.config.migrate.walk import Walk, chains


def made(known, custom=()):
    draft = Draft()
    rules = list(initd.rules({name: ("f:1", value) for name, value in known.items()}, custom, draft))
    return rules, draft


def test_variables_are_rules():
    rules, draft = made({"PS_UNFILTEREDPORTS": "53 80", "PS_INTERFACES": "eth0", "PS_LISTENPORT": "5", "PS_USER": "x"})
    walk = Walk(chains(rules), frozenset({5}))
    assert written(walk.redirected("eth0")) == ["1-52", "54-79", "81-65535"]
    assert walk.redirected("eth1") == 0
    assert [finding.what for finding in draft.findings] == ["PS_LISTENPORT=5", "PS_USER=x"]


def test_custom_rules_come_first():
    custom = [
        command(
            ["iptables", "-t", "nat", "-A", "PREPORTSPOOF", "-p", "tcp", "--dport", "1:65534", "-j", "RETURN"], "f:9"
        )
    ]
    rules, _ = made({"PS_UNFILTEREDPORTS": "53"}, custom)
    assert written(Walk(chains(rules), frozenset({4444})).redirected("eth0")) == [65535]


def test_a_bad_port_is_asked_about_and_the_others_stay():
    rules, draft = made({"PS_UNFILTEREDPORTS": "ssh 80"})
    assert [finding.what for finding in draft.findings if finding.fate is Fate.ASK] == ["PS_UNFILTEREDPORTS ssh"]
    assert "PS_UNFILTEREDPORTS 80" in [rule.text for rule in rules]


def test_without_ports_nothing_was_spoofed_and_that_is_asked():
    for known in ({"PS_USER": "x"}, {"PS_UNFILTEREDPORTS": "0:65535"}):
        rules, draft = made(known)
        assert rules == []
        assert draft.counts[Fate.ASK] == 1
