"""Whole set-ups, as people have them, become one configuration."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rawspoof.config.load import ConfigError, load
from rawspoof.config.migrate.draft import Fate
from rawspoof.config.migrate.kinds import Input
from rawspoof.config.migrate.migrate import migrated
from rawspoof.config.migrate.text import toml
from tests.config.migrate.samples import CONF, DEFAULTS, EMAIL, SAVED, SCRIPT, SIGNATURES, UNIT

NAMED = {"/etc/portspoof.conf": CONF, "/etc/portspoof_signatures": SIGNATURES}


def look(path):
    return Input(path, NAMED[path].encode(), 0o644) if path in NAMED else "cannot be read: No such file or directory"


def taken(*texts, commands=()):
    inputs = [Input(f"f{number}", text.encode(), 0o600) for number, text in enumerate(texts, 1)]
    return migrated(inputs, commands, look, Path("/srv"))


def asked(draft):
    return [str(finding) for finding in draft.findings if finding.fate is Fate.ASK]


def test_a_script_with_rules_and_the_command():
    draft = taken(SCRIPT)
    assert tomllib.loads(toml(draft)) == {
        "signatures": ["/etc/portspoof_signatures"],
        "portspoof_conf": "/etc/portspoof.conf",
        "sensor": {"interfaces": ["eth0"], "exempt_ports": [22, 80, 443], "allow": ["192.0.2.0/24"]},
        "world": {"hold_min_s": 10.0, "hold_max_s": 60.0},
        "tcp": {"answers_per_s_max": 10.0},
        "block": {"enabled": True, "seconds": 60.0, "connections_min": 101, "ports_min": 0, "level_min": 0},
    }
    assert asked(draft) == []
    load(None, draft.values)


def test_saved_rules_and_a_typed_command():
    draft = taken(SAVED, commands=["sudo portspoof -s /etc/portspoof_signatures -D"])
    assert draft.values == {
        "sensor.interfaces": ["eth0"],
        "sensor.exempt_ports": [22],
        "signatures": ["/etc/portspoof_signatures"],
    }


def test_the_defaults_of_the_init_script_win_over_its_own():
    arguments = 'PS_ARGUMENTS="-s /etc/portspoof_signatures -p 4444"'
    own = f'#!/bin/sh\nPS_UNFILTEREDPORTS="0:65535"\n{arguments}\niptables -t nat -F X\n'
    for texts in ((own, DEFAULTS), (DEFAULTS, own)):
        draft = taken(*texts)
        assert draft.values == {
            "sensor.interfaces": ["eth0", "eth1"],
            "sensor.exempt_ports": [53, 80, 443, "49152-65535"],
            "sensor.allow": ["192.0.2.0/24"],
            "signatures": ["/etc/portspoof_signatures"],
        }
    assert "spoofs nothing" in asked(taken(own))[0]


def test_a_unit_of_portspoof_py():
    draft = taken(UNIT)
    assert draft.values == {
        "signatures": ["/etc/portspoof/portspoof_signatures"],
        "sensor.interfaces": ["eth1"],
        "sensor.exempt_ports": [22],
        "events.log_file": "/var/log/portspoof/portspoof.jsonl",
        "mail.json_file": "/srv/email.json",
        "admin.port": 8080,
        "admin.passwd_file": "/srv/admin.passwd",
    }
    assert [line.partition(":")[0] for line in asked(draft)] == [
        "/etc/portspoof/portspoof_signatures",
        "/srv/admin.passwd",
    ]
    assert {finding.where for finding in draft.findings if finding.why.startswith("rawspoof's rules vanish")} == {
        "f1:9"
    }


def test_files_are_named_by_where_they_are():
    assert taken(CONF, EMAIL).values == {"portspoof_conf": "/srv/f1", "mail.json_file": "/srv/f2"}


def test_a_value_that_rawspoof_does_not_take_is_asked_about():
    draft = taken(commands=["portspoof -i 127.0.0.1 -s /etc/portspoof_signatures -t 1 -D"])
    assert draft.values == {"signatures": ["/etc/portspoof_signatures"], "world.hold_min_s": 1.0}
    assert asked(draft)[0].startswith("--command: -i 127.0.0.1: sensor.addresses: expected another address")


def test_inputs_that_are_at_odds_are_told():
    draft = taken(commands=["portspoof -s a -T 60", "portspoof -s a -T 90"])
    assert draft.values["world.hold_max_s"] == 60.0
    assert any("says 60.0, which stands" in line for line in asked(draft))


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("#!/bin/sh\niptables -A INPUT --dport $PORT -j DROP\n", "f1:2: iptables -A INPUT --dport $PORT"),
        ("#!/bin/sh\niptables -A INPUT --dport ssh -j DROP\n", "`ssh` is no port"),
        ("#!/bin/sh\nportspoof -s $SIGS -D\n", "give it as it runs with --command"),
        ("#!/bin/sh\nportspoof -x -D\n", "option -x not recognized"),
    ],
)
def test_a_line_that_cannot_be_read_is_told_with_what_to_do(line, why):
    assert why in asked(taken(line))[0]


@pytest.mark.parametrize("command", ["nmap -sV", "", "portspoof 'x"])
def test_another_command_is_refused(command):
    with pytest.raises(ConfigError, match="--command: expected"):
        taken(commands=[command])


@settings(max_examples=60)
@given(st.sampled_from([SCRIPT, SAVED, DEFAULTS, UNIT, CONF, EMAIL]), st.data())
def test_any_bytes_in_a_file_make_a_configuration_or_a_line(text, data):
    at = data.draw(st.integers(0, len(text)))
    gone = data.draw(st.integers(0, 20))
    broken = text[:at].encode() + data.draw(st.binary(max_size=12)) + text[at + gone :].encode()
    refused, values = "", {}
    try:
        draft = migrated([Input("f", broken, 0o600)], (), look, Path("/"))
        assert isinstance(tomllib.loads(toml(draft)), dict)
        values = draft.values
    except ConfigError as wrong:
        refused = str(wrong)
    assert not refused or refused.startswith("f:")
    load(None, values)
