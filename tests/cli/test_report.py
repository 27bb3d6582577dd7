"""`rawspoof report`: three forms, a file, a period."""

import pytest

from rawspoof.cli.main import main
from tests.cli.stores import fill


@pytest.fixture
def store(tmp_path):
    fill(tmp_path / "store")
    return ["report", "--store", str(tmp_path / "store")]


@pytest.mark.parametrize(
    ("form", "begins", "has"),
    [
        ((), "rawspoof: who was here\n", "  198.51.100.42   250  no"),
        (("--text",), "rawspoof: who was here\n", "123456\\xff"),
        (("--markdown",), "# rawspoof: who was here\n", "| 198.51.100.42 | 250 | no | nmap 90% |"),
        (("--html",), "<!DOCTYPE html>\n", "<td>198.51.100.42</td>"),
    ],
)
def test_forms(store, capsys, form, begins, has):
    assert main([*store, *form]) == 0
    told = capsys.readouterr().out
    assert told.startswith(begins)
    assert has in told


def test_it_goes_to_a_file(store, tmp_path, capsys):
    assert main([*store, "--html", "-o", str(tmp_path / "r.html")]) == 0
    assert capsys.readouterr().out == ""
    assert (tmp_path / "r.html").read_text().endswith("</html>\n")
    assert main([*store, "-o", str(tmp_path / "none" / "r.html")]) == 1
    assert capsys.readouterr().err.endswith("r.html: No such file or directory\n")


def test_a_period_without_events_is_told_so(store, capsys):
    assert main([*store, "--since", "3h", "--until", "2h", "--top", "3"]) == 0
    assert "sources                0\n" in capsys.readouterr().out


@pytest.mark.parametrize("args", [("--since", "1h", "--until", "2h"), ("--top", "0")])
def test_what_makes_no_sense_is_a_line(store, args, capsys):
    assert main([*store, *args]) == 2
    assert capsys.readouterr().err.startswith("rawspoof: command line: --")


def test_no_line_is_wider_than_the_terminal(store, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "60")
    assert main(store) == 0
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 60
