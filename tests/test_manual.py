"""Man pages and completions: those in the tree are what the command line and the configuration's model make."""

import subprocess
from pathlib import Path

import pytest

from rawspoof.cli import main
from rawspoof.config.keys import KNOWN
from scripts.pages.__main__ import ROOT, made, outdated
from scripts.pages.roff import item, plain, prose, verbatim
from scripts.pages.tree import all_commands


@pytest.fixture(scope="module")
def files() -> dict[str, str]:
    return made()


def test_what_is_committed_is_up_to_date(files):
    assert outdated(files) == [], "run scripts/manual and commit what it writes"


def test_an_old_file_and_a_missing_one_are_named(tmp_path):
    (tmp_path / "same").write_text("text")
    (tmp_path / "old").write_text("other text")
    assert outdated(dict.fromkeys(("same", "old", "missing"), "text"), tmp_path) == ["old", "missing"]


def test_the_page_tells_of_every_command_and_option(files):
    page = files["man/rawspoof.1"].replace("\\-", "-")
    for command in all_commands(main.parser()):
        assert f"\\fBrawspoof {' '.join(command.words)}\\fR" in page
        for option in command.options:
            assert all(f"\\fB{flag}\\fR" in page for flag in option.option_strings)


def test_the_page_tells_of_every_key(files):
    page = files["man/rawspoof.toml.5"]
    assert [key for key in KNOWN if key != "sink" and f"\\fB{key.rpartition('.')[2]}\\fR = " not in page] == []


def test_no_line_of_a_page_is_a_macro_by_mistake(files):
    macros = {"TH", "SH", "SS", "TP", "PP", "B", "I", "BI", "BR", "RB", "RI", "IR", "RS", "RE", "nf", "fi", "br", '\\"'}
    for name in ("man/rawspoof.1", "man/rawspoof.toml.5"):
        found = {line[1:].split()[0] for line in files[name].splitlines() if line.startswith((".", "'"))}
        assert found <= macros


@pytest.mark.parametrize(
    ("text", "roff"),
    [
        ("a-b", "a\\-b"),
        (".mmdb", "\\&.mmdb"),
        ("'tis", "\\&'tis"),
        ('C:\\ "x"', "C:\\e \\(dqx\\(dq"),
        ("…", "\\[u2026]"),
    ],
)
def test_text_is_never_taken_for_a_command_to_roff(text, roff):
    assert plain(text) == roff


def test_backticks_are_bold_and_a_line_may_not_begin_with_a_dot():
    assert prose("see `-x`\nthere") == "see \\fB\\-x\\fR there"
    assert prose("word " * 15 + ".mmdb").splitlines()[-1] == "\\&.mmdb"
    assert max(map(len, prose("word " * 50).splitlines())) <= 80
    assert item("head", "", "body") == [".TP", "head", "body"]
    assert "\\&.hidden" in verbatim([".hidden"])


def complete(*words: str, folder: Path) -> list[str]:
    """What bash offers for the last of these words."""
    line = 'source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _shtab_rawspoof; printf "%s\\n" "${COMPREPLY[@]}"'
    command = ["bash", "-c", line, str(ROOT / "completions/rawspoof.bash"), *words]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=20, check=True)
    assert done.stderr == ""
    return sorted(done.stdout.split())


def test_bash_completes_commands_options_choices_and_files(tmp_path):
    (tmp_path / "scan.pcap").touch()
    assert complete("rawspoof", "re", folder=tmp_path) == ["replay", "report"]
    assert complete("rawspoof", "run", "--wor", folder=tmp_path) == ["--workers", "--world"]
    assert complete("rawspoof", "run", "--world", "p", folder=tmp_path) == ["plausible"]
    assert complete("rawspoof", "run", "--personality", "w", folder=tmp_path) == ["windows"]
    assert complete("rawspoof", "replay", "s", folder=tmp_path) == ["scan.pcap"]
    # Options that are not in its --help are understood all the same.
    assert complete("rawspoof", "doctor", "--deliv", folder=tmp_path) == ["--delivery"]


def test_bash_asks_rawspoof_for_services(tmp_path, monkeypatch):
    fake = tmp_path / "rawspoof"
    fake.write_text("#!/bin/sh\necho 'openssh   ssh 3 22'\necho 'vsftpd   ftp 3 21'\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert complete("rawspoof", "run", "--only", "v", folder=tmp_path) == ["vsftpd"]
