"""Flags of the older tools: each is taken, and what it comes to here is said in a line."""

from types import SimpleNamespace

import pytest

from rawspoof.cli.main import main, parser
from rawspoof.cli.old import holds, told
from rawspoof.cli.run import overrides
from rawspoof.config.load import load
from rawspoof.config.model import Config


def lines(*argv):
    return list(told(parser().parse_args(["run", *argv])))


def test_nothing_is_said_of_flags_that_are_not_there():
    assert lines("-v") == []


def test_each_is_explained_in_a_line():
    port, quiet, simple = lines("-p", "4444", "-d", "-2")
    assert port.startswith("-p 4444: rawspoof takes packets before they come to a listening port")
    assert "`rawspoof try -p 4444`" in port
    assert quiet.startswith("-d: changes nothing")
    assert simple.startswith("-2: changes nothing")
    assert lines("--port", "5") == lines("-p5")


@pytest.mark.parametrize("flag", ["-D", "--detach"])
def test_detach_is_known(flag):
    assert parser().parse_args(["run", flag]).detach is True
    assert parser().parse_args(["run"]).detach is False


@pytest.mark.parametrize(
    "line",
    [
        "-D",
        "-1 -v",
        "-1 -n wrappers -p 4444 -i 192.0.2.1 -d -D -2",
        "-f words -v",
        "-s signatures -t 10 -T 60 -D",
        "-c {conf} -s signatures -l log -D",
        "--port 4444 --bind-ip 192.0.2.1 --signatures s --config {conf} --log-file l --verbose --iface eth0",
        "--no-iptables -p 4444 -s signatures -v",
        "-p 4444 --admin-port 8080 --admin-host 0.0.0.0 --admin-passwd p --admin-ssl --admin-ssl-cert c"
        " --admin-ssl-key k --email-config {email}",
    ],
)
def test_every_flag_of_both_tools_is_taken(line, tmp_path):
    (tmp_path / "portspoof.conf").write_text('80 "x"\n')
    (tmp_path / "email.json").write_text("{}")
    argv = line.format(conf=tmp_path / "portspoof.conf", email=tmp_path / "email.json").split()
    args = parser().parse_args(["run", *argv])
    assert isinstance(load(args.config, overrides(args)), Config)


@pytest.mark.parametrize(
    ("flags", "written", "expected"),
    [
        ({}, {}, {}),
        ({"world.hold_min_s": 10.0}, {}, {}),
        ({"world.hold_min_s": 10.0, "world.hold_max_s": 5.0}, {}, {"world.hold_max_s": 10.0}),
        ({"world.hold_min_s": 10.0, "world.hold_max_s": 60.0}, {}, {"world.hold_max_s": 60.0}),
        ({"world.hold_max_s": 2.0}, {}, {"world.hold_min_s": 2.0}),
        ({"world.hold_max_s": 2.0}, {"world.hold_min_s": 1.0}, {}),
        ({"world.hold_max_s": 60.0}, {}, {}),
        ({"world.hold_max_s": 0.0}, {}, {}),
    ],
)
def test_holds_fit_together_as_portspoof_has_them(flags, written, expected):
    assert holds(flags, written) == expected


def test_a_file_that_chose_the_shortest_hold_is_asked(tmp_path):
    path = tmp_path / "r.toml"
    path.write_text("[world]\nhold_min_s = 1.0\n")
    argv = ["run", "-T", "2"]
    assert overrides(parser().parse_args(argv)) == {"world.hold_max_s": 2.0, "world.hold_min_s": 2.0}
    assert overrides(parser().parse_args([*argv, "-c", str(path)])) == {"world.hold_max_s": 2.0}


def test_it_is_said_at_the_start(monkeypatch, caplog):
    monkeypatch.setattr("rawspoof.daemon", SimpleNamespace(run=lambda config, *rest, **more: 0), raising=False)
    with caplog.at_level("INFO"):
        assert main(["run", "-2"]) == 0
    assert "-2: changes nothing" in caplog.text
