"""The options of `run` become overrides of the configuration."""

import argparse
from types import SimpleNamespace

import pytest

from rawspoof.cli.main import main, parser
from rawspoof.cli.run import OPTIONS, overrides, ports, workers
from rawspoof.config.load import KNOWN
from tests.signature.foreign.samples import CONF


def overridden(*argv: str) -> dict[str, object]:
    return overrides(parser().parse_args(["run", *argv]))


def test_no_flag_overrides_nothing():
    assert overridden() == {}


@pytest.mark.parametrize(
    ("argv", "expected"),
    [
        ("-i 192.0.2.1 --bind-ip 192.0.2.2", {"sensor.addresses": ["192.0.2.1", "192.0.2.2"]}),
        ("--iface eth0 --iface eth1", {"sensor.interfaces": ["eth0", "eth1"]}),
        ("--exempt-port 22 --exempt-port 8000-8002", {"sensor.exempt_ports": [22, 8000, 8001, 8002]}),
        ("--allow 192.0.2.0/24", {"sensor.allow": ["192.0.2.0/24"]}),
        ("--world open --only openssh", {"world.kind": "open", "world.only": "openssh"}),
        ("-1 -n around", {"world.kind": "fuzz", "world.fuzz_wrapper": "around"}),
        ("-f words", {"world.kind": "fuzz", "world.fuzz_wordlist": "words"}),
        ("--delivery prompt", {"world.delivery": "prompt"}),
        ("-t 10 -T 60", {"world.hold_min_s": 10.0, "world.hold_max_s": 60.0}),
        ("--workers 2 --queue 5", {"sensor.workers": 2, "sensor.queue": 5}),
        ("--secret-file s --personality linux", {"sensor.secret_file": "s", "sensor.personality": "linux"}),
        ("--no-firewall", {"sensor.firewall": False}),
        ("--no-iptables", {"sensor.firewall": False}),
        ("-s a --signatures b", {"signatures": ["a", "b"]}),
        ("--compat-expander", {"compat_expander": True}),
        ("--events - -l log", {"events.file": "-", "events.log_file": "log"}),
        ("-v", {"events.verbose": True}),
    ],
)
def test_each_flag_is_a_key_and_its_value(argv, expected):
    assert overridden(*argv.split()) == expected


def test_every_flag_stands_for_a_key_of_the_model():
    assert {key for key, _, _ in OPTIONS} <= set(KNOWN)


@pytest.mark.parametrize("text", ["", "x", "0", "65536", "9-8", "1-", "1-x", "-5", "1-99999999999"])
def test_what_is_no_port_or_range(text):
    with pytest.raises(argparse.ArgumentTypeError, match="expected a port or a range"):
        ports(text)


def test_payloads_are_made_or_read_and_not_both(capsys):
    assert main(["run", "--check", "-1", "-f", "words"]) == 2
    assert "choose one" in capsys.readouterr().err


def test_auto_workers_are_as_many_as_there_are_cores():
    assert 1 <= workers("auto") <= 64
    with pytest.raises(argparse.ArgumentTypeError, match="expected a number or `auto`"):
        workers("all")


def test_check_says_ok_and_starts_nothing(capsys):
    assert main(["run", "--check", "-t", "10", "-T", "60"]) == 0
    assert capsys.readouterr().out == "ok\n"


def test_a_portspoof_conf_may_stand_in_for_our_own(tmp_path, capsys):
    (tmp_path / "portspoof.conf").write_text(CONF)
    assert main(["run", "--check", "-c", str(tmp_path / "portspoof.conf"), "-t", "10", "-T", "60"]) == 0
    assert capsys.readouterr().out == "ok\n"


def test_check_says_what_is_wrong(capsys):
    assert main(["run", "--check", "--queue", "99999"]) == 2
    expected = "command line: sensor.queue: expected `int` <= 65000, got 99999\n"
    assert capsys.readouterr().err == expected


def test_the_daemon_runs_with_the_configuration_and_gives_the_status(monkeypatch):
    monkeypatch.setattr("rawspoof.daemon", SimpleNamespace(run=lambda read: read().sensor.queue), raising=False)
    assert main(["run", "--queue", "7"]) == 7
