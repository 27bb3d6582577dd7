"""`rawspoof banner`: tells the port that the sensor would deal, and says in a line what it cannot tell."""

import json

import pytest

from rawspoof.cli.main import main
from tests.signature.foreign.samples import CONF, PROBES

PLACE = ["--to", "192.0.2.9", "--from", "198.51.100.1"]


@pytest.fixture
def told(tmp_path, capsys):
    """Runs the command with a secret of its own and, if there is a `world`, with that; gives status, stdout, stderr."""
    (tmp_path / "secret").write_bytes(b"s" * 32)

    def run(*argv, world=""):
        (tmp_path / "c.toml").write_text(f"[world]\n{world}\n")
        files = ["-c", str(tmp_path / "c.toml"), "--secret-file", str(tmp_path / "secret")]
        status = main(["banner", *argv, *files])
        return status, *capsys.readouterr()

    return run


def test_as_json(told):
    status, out, _ = told("22", *PLACE, "--json", world='only = "vsftpd"')
    facts = json.loads(out)
    assert status == 0
    assert (facts["port"], facts["to"], facts["from"]) == (22, "192.0.2.9", "198.51.100.1")
    assert (facts["service"], facts["protocol"], facts["mode"]) == ("vsftpd", "ftp", "greet")
    assert bytes.fromhex(facts["banner_hex"]).decode() == facts["banner_text"] == f"220 (vsFTPd {facts['version']})\r\n"
    assert facts["banner_len"] == len(facts["banner_text"])
    assert 0 < facts["delay_s"] <= 5.2


def test_as_text(told):
    status, out, _ = told("21", *PLACE, world='only = "vsftpd"\nhold_max_s = 0')
    assert status == 0
    assert "port      21 of 192.0.2.9\n" in out
    assert "service   vsftpd\n" in out
    assert "hold      forever\n" in out
    assert "greeting  220 (vsFTPd " in out
    assert r")\r\n" in out


def test_a_silent_port_and_one_that_waits(told):
    assert "accepts and stays silent" in told("21", *PLACE, world='kind = "open"')[1]
    assert "greeting  -\n" in told("21", *PLACE, world='only = "nginx"')[1]


def test_the_same_port_is_told_again_and_another_source_sees_the_same(told):
    first = told("2222", *PLACE)
    assert told("2222", *PLACE) == first
    assert told("2222", "--to", "192.0.2.9", "--from", "203.0.113.5") == first


def test_it_speaks_for_an_address_of_its_own_if_none_is_named(told):
    assert json.loads(told("22", "--json")[1])["to"]


def test_files_of_other_tools(told, tmp_path):
    (tmp_path / "probes").write_text(PROBES)
    world = f'only = "nmap-ssh"\n[sensor]\nstate_dir = "{tmp_path}"'
    status, out, complaints = told("22", *PLACE, "-s", str(tmp_path / "probes"), world=world)
    assert (status, complaints.splitlines()[-1]) == (
        0,
        f"rawspoof: {tmp_path}/probes:33: nmap sends Nowhere to no port by default",
    )
    assert "nmap      ssh Foo ssh " in out
    assert len(list((tmp_path / "imports").iterdir())) == 1


def test_a_portspoof_conf(tmp_path, capsys):
    (tmp_path / "secret").write_bytes(b"s" * 32)
    (tmp_path / "conf").write_text(CONF)
    files = ["-c", str(tmp_path / "conf"), "--secret-file", str(tmp_path / "secret")]
    assert main(["banner", "22", *PLACE, *files]) == 0
    assert r"greeting  SSH-2.0-Foossh_8.9p1\r\n" in capsys.readouterr().out
    assert main(["banner", "7", *PLACE, *files, "--compat-expander", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["banner_text"] == 'say "more" twice'


def test_a_slip_is_a_line(told, capsys):
    assert told("22", world='only = "vsftp"') == (
        2,
        "",
        "rawspoof: world.only: no service `vsftp`; the nearest is `vsftpd`\n",
    )
    with pytest.raises(SystemExit):
        main(["banner", "70000"])
    assert "expected a port, 1 to 65535, got '70000'" in capsys.readouterr().err
