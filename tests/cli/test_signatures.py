"""`rawspoof signatures`: counts, lists, shows, checks and converts, and tells what it cannot in a line."""

import json

import pytest

from rawspoof.cli.main import main
from rawspoof.edges.system.signatures import VARIABLE
from tests.edges.system.test_audit import GOOD, RARE
from tests.signature.foreign.samples import CONF, PROBES, SIGNATURES


@pytest.fixture
def told(tmp_path, monkeypatch, capsys):
    """Runs the command with two services of our own and others' files beside; gives status, stdout, stderr."""
    (tmp_path / "ours" / "services").mkdir(parents=True)
    (tmp_path / "ours" / "services" / "a.toml").write_text(GOOD + RARE)
    (tmp_path / "probes").write_text(PROBES)
    (tmp_path / "nmap-service-probes").write_text(PROBES)
    (tmp_path / "old").write_bytes(SIGNATURES)
    (tmp_path / "conf").write_text(CONF)
    (tmp_path / "c.toml").write_text(f'[sensor]\nstate_dir = "{tmp_path}"\n')
    monkeypatch.setenv(VARIABLE, str(tmp_path / "ours"))
    monkeypatch.setenv("NMAPDIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)

    def run(*argv):
        status = main(["signatures", *argv])
        return status, *capsys.readouterr()

    return run


def test_stats(told):
    assert told("stats")[:2] == (
        0,
        "identities       12\nproducts          2\nprotocols         2\nservices          2\n\n"
        "  ssh                      11\n  rare                      1\n",
    )


def test_stats_as_json_with_another_file(told):
    status, out, _ = told("stats", "--json", "-c", "c.toml", "-s", "probes")
    counts = json.loads(out)
    assert (status, counts["services"], counts["protocols"]) == (0, 7, 5)
    assert counts["identities"] == sum(counts["by_protocol"].values()) == 12 + 7 - 1


def test_list(told):
    lines = told("list")[1].splitlines()
    assert [line.split() for line in lines] == [["foo", "ssh", "11", "22,any"], ["rare", "rare", "1", "9999,9998"]]


def test_show(told):
    out = told("show", "foo", "3")[1]
    assert "product   Foo ssh\nversion   1.3\n" in out
    assert r"greets    SSH-2.0-Foossh_1.3\r\n" in out
    assert "asked     \\\\x01\\\\x02\n  says    \\x01!\\x00OK\n" in told("show", "rare")[1]


@pytest.mark.parametrize(
    ("argv", "why"),
    [
        (("show", "none"), "there is no service `none`"),
        (("show", "foo", "11"), "`foo` has no identity 11"),
        (("check", "empty"), "empty: is empty"),
        (("check", "nowhere"), "nowhere: cannot be read"),
        (("check", "--nmap", "conf"), "expected nmap-service-probes"),
        (("import", "ours/services/a.toml", "-o", "new"), "is in our format already"),
        (("import", "old", "-o", "ours"), "ours: is not empty"),
    ],
)
def test_what_cannot_be_is_told_in_a_line(told, tmp_path, argv, why):
    (tmp_path / "empty").write_text("")
    status, out, complaints = told(*argv)
    assert (status, out, complaints.count("\n")) == (2, "", 1)
    assert why in complaints


def test_check_says_that_all_is_well(told, tmp_path):
    said = f"12 identities of 2 services, 0 problems, as {tmp_path}/nmap-service-probes has it\n"
    assert told("check") == (0, said, "")


def test_check_names_what_is_wrong(told, tmp_path, monkeypatch):
    status, out, _ = told("check", "old", "probes")
    assert (status, [line.split(":")[:2] for line in out.splitlines()[:-1]]) == (
        1,
        [["old", "7"], ["probes", "8"], ["probes", "10"], ["probes", "23"], ["probes", "33"]],
    )
    monkeypatch.setenv("NMAPDIR", str(tmp_path / "ours"))
    assert "nmap's data file is not here" in told("check")[1]


@pytest.mark.parametrize(("name", "files", "bad"), [("probes", 5, 4), ("old", 4, 1), ("conf", 3, 4)])
def test_import_writes_what_check_and_run_read(told, tmp_path, name, files, bad):
    status, out, complaints = told("import", name, "-o", "new", "--seed", "x")
    assert (status, complaints.count("\n")) == (0, bad)
    assert out == f"{files} files in new; use them with -s new\n"
    assert len(list((tmp_path / "new").iterdir())) == files
    checked = told("check", "new")[1].splitlines()
    assert not [line for line in checked[:-1] if "nmap prints" not in line]


def test_an_import_draws_anew_unless_it_is_told_not_to(told, tmp_path):
    for folder, seed in (("a", ["--seed", "x"]), ("b", ["--seed", "x"]), ("c", [])):
        told("import", "probes", "-o", folder, *seed)
    first, again, other = ((tmp_path / folder / "nmap-http.toml").read_text() for folder in "abc")
    assert first == again != other
