"""`rawspoof config import`: reads what is named, writes a file that loads, never over one that is there."""

import io
import os
import tomllib
from types import SimpleNamespace

import pytest

from rawspoof.cli.main import main
from rawspoof.config.load import load
from tests.config.migrate.samples import CONF, EMAIL, SAVED


@pytest.fixture
def rules(tmp_path):
    path = tmp_path / "rules"
    path.write_text(SAVED)
    return str(path)


def test_the_file_loads_and_says_what_became_of_each_line(tmp_path, rules, capsys):
    out = tmp_path / "r.toml"
    assert main(["config", "import", rules, "-o", str(out)]) == 0
    assert load(str(out)).sensor.exempt_ports == (22,)
    assert f"# {rules}:4: " in out.read_text() or f"#   {rules}:4: " in out.read_text()
    assert out.stat().st_mode & 0o777 == 0o644
    said = capsys.readouterr()
    assert said.out == ""
    first, *_, last = said.err.splitlines()
    assert first == "rawspoof: of the lines and flags 2 taken, 3 explained, 0 need you"
    assert last == f"rawspoof: next: stop portspoof, take its rules away, rawspoof run -c {out}"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["r.toml", "rules"]


def test_without_an_output_it_is_printed(rules, capsys):
    assert main(["config", "import", rules]) == 0
    assert tomllib.loads(capsys.readouterr().out) == {"sensor": {"interfaces": ["eth0"], "exempt_ports": [22]}}


def test_a_file_that_is_there_stays_unless_forced(tmp_path, rules, capsys):
    out = tmp_path / "r.toml"
    out.write_text("mine")
    assert main(["config", "import", rules, "-o", str(out)]) == 2
    assert out.read_text() == "mine"
    assert (
        capsys.readouterr().err
        == f"rawspoof: {out}: is there already; name another file, or --force to write over it\n"
    )
    assert main(["config", "import", rules, "-o", str(out), "--force"]) == 0
    assert load(str(out)).sensor.exempt_ports == (22,)


def test_standard_input_is_read(monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(SAVED.encode())))
    assert main(["config", "import", "-"]) == 0
    assert "stdin:4: " in capsys.readouterr().out


def test_a_command_line_and_the_files_that_it_names(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "p.conf").write_text(CONF + '90-80 "x"\n')
    assert main(["config", "import", "--command", "portspoof -c p.conf -s none -D"]) == 0
    said = capsys.readouterr()
    assert tomllib.loads(said.out) == {"portspoof_conf": f"{tmp_path}/p.conf", "signatures": [f"{tmp_path}/none"]}
    assert f"  {tmp_path}/p.conf:3: 90-80: `90-80` is a range that falls" in said.err
    assert f"  {tmp_path}/none: signatures: cannot be read" in said.err


def test_a_password_that_others_may_read_is_told_and_not_repeated(tmp_path, capsys):
    path = tmp_path / "email.json"
    path.write_text(EMAIL)
    path.chmod(0o644)
    assert main(["config", "import", str(path)]) == 0
    said = capsys.readouterr()
    assert f"chmod 600 {path}" in said.err
    assert "hunter2" not in said.out + said.err


@pytest.mark.parametrize(
    ("argv", "why"),
    [
        ([], "command line: nothing to import"),
        (["none"], "none: cannot be read: No such file or directory"),
        (["."], ".: cannot be read: Is a directory"),
        (["--command", "nmap"], "--command: expected portspoof"),
    ],
)
def test_what_cannot_be_imported_is_one_line(argv, why, capsys):
    assert main(["config", "import", *argv]) == 2
    assert capsys.readouterr().err.startswith(f"rawspoof: {why}")


def test_a_folder_that_is_not_there_fails(rules, capsys):
    assert main(["config", "import", rules, "-o", "/none/r.toml"]) == 1
    assert "No such file or directory" in capsys.readouterr().err


def test_a_pipe_that_nobody_writes_to_is_not_waited_for(tmp_path, capsys):
    os.mkfifo(tmp_path / "pipe")
    assert main(["config", "import", str(tmp_path / "pipe")]) == 2
    assert "pipe:1: is empty" in capsys.readouterr().err
