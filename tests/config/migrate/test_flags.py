"""Every flag of both tools, and what becomes of it."""

import shlex
from pathlib import Path

import pytest

from rawspoof.config.load import load
from rawspoof.config.migrate import flags
from rawspoof.config.migrate.draft import Draft, Fate

OPEN = {"world.kind": "open"}
SSH = {"sensor.exempt_ports": [22]}


def taken(line):
    draft = Draft()
    flags.take(flags.parse(shlex.split(line), "w", Path("/srv")), draft)
    load(None, draft.values)
    return draft


@pytest.mark.parametrize(
    ("line", "values"),
    [
        ("portspoof", OPEN),
        ("portspoof -D -d -2 -h", OPEN),
        ("portspoof -p 5555", OPEN),
        ("portspoof -i 192.0.2.1", OPEN | {"sensor.addresses": ["192.0.2.1"]}),
        ("portspoof -i 0.0.0.0", OPEN),
        ("portspoof -s sigs", {"signatures": ["/srv/sigs"]}),
        ("portspoof -c /etc/p.conf", OPEN | {"portspoof_conf": "/etc/p.conf"}),
        ("portspoof -l log", OPEN | {"events.file": "/srv/log", "events.form": "portspoof"}),
        ("portspoof -v", OPEN | {"events.verbose": True}),
        ("portspoof -1", {"world.kind": "fuzz"}),
        ("portspoof -1 -c p.conf", {"world.kind": "fuzz"}),
        ("portspoof -f words", {"world.kind": "fuzz", "world.fuzz_wordlist": "/srv/words"}),
        ("portspoof -1 -n wrap", {"world.kind": "fuzz", "world.fuzz_wrapper": "/srv/wrap"}),
        ("portspoof -s s -t 10 -T 60", {"signatures": ["/srv/s"], "world.hold_min_s": 10.0, "world.hold_max_s": 60.0}),
        ("portspoof -s s -T 2", {"signatures": ["/srv/s"], "world.hold_min_s": 2.0, "world.hold_max_s": 2.0}),
        ("portspoof -s s -t 9 -T 2", {"signatures": ["/srv/s"], "world.hold_min_s": 9.0, "world.hold_max_s": 9.0}),
        ("portspoof -s s -T 0", {"signatures": ["/srv/s"], "world.hold_min_s": 0.0, "world.hold_max_s": 0.01}),
        ("portspoof-py -p 4444", OPEN | SSH),
        ("portspoof-py --signatures s --config c", SSH | {"signatures": ["/srv/s"], "portspoof_conf": "/srv/c"}),
        (
            "portspoof-py -s s -l log -v",
            SSH | {"signatures": ["/srv/s"], "events.log_file": "/srv/log", "events.verbose": True},
        ),
        ("portspoof-py -s s --iface eth1", SSH | {"signatures": ["/srv/s"], "sensor.interfaces": ["eth1"]}),
        ("portspoof-py -s s --no-iptables", {"signatures": ["/srv/s"], "sensor.firewall": False}),
        (
            "portspoof_py -s s --admin-port 8080 --admin-host 0.0.0.0 --admin-ssl",
            SSH
            | {"signatures": ["/srv/s"], "admin.port": 8080, "admin.host": "0.0.0.0", "admin.tls": "on"}
            | {"admin.passwd_file": "/srv/admin.passwd"},
        ),
        (
            "portspoof-py -s s --admin-passwd p --admin-ssl-cert=c --admin-ssl-key k --email-config e -i 192.0.2.1",
            SSH
            | {"signatures": ["/srv/s"], "admin.passwd_file": "/srv/p", "admin.cert_file": "/srv/c"}
            | {"admin.key_file": "/srv/k", "mail.json_file": "/srv/e", "sensor.addresses": ["192.0.2.1"]},
        ),
    ],
)
def test_what_flags_come_to(line, values):
    draft = taken(line)
    assert draft.values == values
    assert draft.counts[Fate.ASK] == 0


@pytest.mark.parametrize(
    "line",
    [
        "portspoof -t x -d",
        "portspoof -T -5 -d",
        "portspoof -1 -f w",
        "portspoof-py -s s --admin-port x --admin-passwd p",
    ],
)
def test_what_is_asked(line):
    assert taken(line).counts[Fate.ASK] == 1


def test_every_flag_has_a_line_of_its_own():
    draft = taken("portspoof -p 1 -i 192.0.2.1 -s s -c c -l l -2 -t 1 -T 2 -D -d -v")
    flagged = {finding.what.split()[0] for finding in draft.findings}
    assert flagged >= {"-p", "-i", "-s", "-c", "-l", "-2", "-t", "-T", "-D", "-d", "-v"}


@pytest.mark.parametrize("line", ["portspoof -x", "portspoof -p", "portspoof-py --what", "portspoof-py -D"])
def test_an_unknown_flag_is_named(line):
    with pytest.raises(ValueError, match=r"option.*lists its flags"):
        flags.parse(line.split(), "w", Path("/"))


@pytest.mark.parametrize(
    ("line", "at"),
    [
        ("portspoof -D", 0),
        ("sudo -n -u daemon /usr/local/bin/portspoof -D", 4),
        ("nohup portspoof -D", 1),
        ("/usr/bin/env X=1 python3 -m portspoof_py -v", 4),
        ("killall portspoof", None),
        ("cp portspoof /usr/bin", None),
        ("", None),
    ],
)
def test_where_a_tool_is_started(line, at):
    assert flags.find(line.split()) == at


@pytest.mark.parametrize(
    ("line", "port"), [("portspoof", 4444), ("portspoof -p 5", 5), ("portspoof-py --port=x", 4444)]
)
def test_where_it_listened(line, port):
    assert flags.parse(line.split(), "w", Path("/")).listener == port
