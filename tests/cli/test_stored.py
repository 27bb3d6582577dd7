"""A store is found by the same configuration as the sensor's, or a line says what is in the way."""

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from rawspoof.cli.main import main
from rawspoof.edges.store.places import Places
from tests.cli.stores import fill

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("command", ["events", "report", "top"])
def test_a_store_is_found_in_three_ways(command, tmp_path, capsys):
    fill(tmp_path / "state" / "store")
    fill(tmp_path / "other")
    (tmp_path / "r.toml").write_text(f'[store]\nfolder = "{tmp_path}/other"\n')
    (tmp_path / "s.toml").write_text(f'[sensor]\nstate_dir = "{tmp_path}/state"\n')
    ways = (
        ["--state-dir", str(tmp_path / "state")], ["-c", str(tmp_path / "r.toml")], ["-c", str(tmp_path / "s.toml")],
        ["--store", str(tmp_path / "other")],
    )  # fmt: skip
    for way in ways:
        assert main([command, *way]) == 0
        assert "198.51.100.42" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["events", "report", "top"])
def test_before_the_first_event_a_store_is_empty(command, tmp_path, capsys):
    Places(tmp_path).close()
    assert main([command, "--store", str(tmp_path)]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("command", ["events", "report", "top"])
def test_what_is_no_store_is_a_line(command, tmp_path, capsys):
    assert main([command, "--store", str(tmp_path / "none")]) == 1
    assert capsys.readouterr().err == f"rawspoof: {tmp_path}/none: no events are kept here; --state-dir names another\n"
    (tmp_path / "file").write_text("")
    assert main([command, "--store", str(tmp_path)]) == 1
    assert capsys.readouterr().err == f"rawspoof: {tmp_path}: is no store of events; --store names another\n"
    assert main([command, "--store", str(tmp_path / "file")]) == 1
    assert capsys.readouterr().err == f"rawspoof: {tmp_path}/file: Not a directory\n"


@pytest.mark.parametrize("closed", ["folder", "file", "nothing"])
def test_who_may_not_read_is_told_so_and_who_may_needs_no_root(closed):
    with TemporaryDirectory() as above:
        os.chmod(above, 0o755)
        store = Path(above) / "store"
        fill(store)
        (path,) = store.glob("*.sqlite")
        store.chmod(0o700 if closed == "folder" else 0o755)
        path.chmod(0o600 if closed == "file" else 0o644)
        script = (
            "import os, sys; from rawspoof.cli.main import main; import msgspec, rawspoof.edges.sinks.asked\n"
            "os.geteuid() or (os.setgroups([]), os.setgid(65534), os.setuid(65534))\n"
            "sys.exit(main(['events', '--csv', '--store', sys.argv[1]]))"
        )
        command = [sys.executable, "-c", script, str(store)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, cwd=ROOT, check=False)
        if closed == "nothing":
            assert (done.returncode, done.stderr) == (0, "")
            assert done.stdout.count("\n") > 10
        else:
            named = path if closed == "file" else store
            told = f"rawspoof: {named}: you may not read this: use sudo, or be in the group of its owner\n"
            assert (done.returncode, done.stdout, done.stderr) == (1, "", told)


def test_a_broken_file_is_told_and_the_others_are_read(tmp_path, capsys):
    fill(tmp_path)
    (tmp_path / "events-2025-01-01.sqlite").write_bytes(b"broken" * 1000)
    assert main(["events", "--store", str(tmp_path)]) == 0
    said = capsys.readouterr()
    assert said.err == "rawspoof: events-2025-01-01.sqlite: left out: file is not a database\n"
    assert "session.open" in said.out
