"""`rawspoof block` without a sensor: the list is edited. With one: tests/netns/test_block.py."""

import json
import os
from datetime import datetime

import pytest

from rawspoof.cli.main import main
from rawspoof.edges.block.shelf import Shelf


@pytest.fixture
def block(tmp_path, capsys):
    """Runs the command; its status, what it printed, what it complained of."""

    def run(*argv: str):
        status = main(["block", "--state-dir", str(tmp_path), *argv])
        said = capsys.readouterr()
        return status, said.out, said.err

    return run


def test_nobody_is_blocked_at_first_and_nothing_is_made_to_see_that(block, tmp_path):
    assert block("list") == (0, "", "")
    assert os.listdir(tmp_path) == []


def test_who_is_blocked_is_listed_until_let_go(block):
    assert block("add", "198.51.100.42", "--seconds", "7200") == (0, "", "")
    assert block("add", "2001:DB8::7") == (0, "", "")
    status, out, _ = block("list")
    assert status == 0
    rows = [line.split() for line in out.splitlines()]
    assert [row[:4] for row in rows] == [
        ["2001:db8::7", "all", "operator", "1×"],
        ["198.51.100.42", "all", "operator", "1×"],
    ]
    _, out, _ = block("list", "--json")
    told = [json.loads(line) for line in out.splitlines()]
    assert told[1]["address"] == "198.51.100.42"
    assert 7100 < told[1]["seconds_left"] <= 7200
    assert datetime.fromisoformat(told[1]["until"]).tzinfo is not None
    assert block("remove", "198.51.100.42") == (0, "", "")
    assert "198.51" not in block("list")[1]
    assert block("flush") == (0, "1 let go\n", "")
    assert block("list") == (0, "", "")


@pytest.mark.parametrize(
    ("argv", "status", "said"),
    [
        (("add", "127.0.0.1"), 1, "rawspoof: 127.0.0.1: not blocked: it is loopback\n"),
        (("add", "::ffff:127.0.0.1"), 1, "rawspoof: ::ffff:127.0.0.1: not blocked: it is loopback\n"),
        (("remove", "198.51.100.42"), 1, "rawspoof: 198.51.100.42: not let go: it is not blocked\n"),
        (("add", "example.org"), 2, "expected an address such as 198.51.100.42, got 'example.org'\n"),
        (("add", "198.51.100.0/24"), 2, "expected an address such as 198.51.100.42, got '198.51.100.0/24'\n"),
    ],
)
def test_what_is_not_done_is_told_in_a_line(block, argv, status, said):
    got, out, err = block(*argv)
    assert (got, out) == (status, "")
    assert err.endswith(said)
    assert err.count("\n") == 1


@pytest.mark.parametrize("seconds", ["0", "nan", "-5", "for ever", "1e12"])
def test_a_block_has_to_end(block, seconds):
    with pytest.raises(SystemExit):
        block("add", "198.51.100.42", f"--seconds={seconds}")


def test_an_allowed_source_is_not_blocked(tmp_path, capsys):
    file = tmp_path / "r.toml"
    file.write_text(f'[sensor]\nstate_dir = "{tmp_path}"\nallow = ["198.51.100.0/24"]\n')
    assert main(["block", "-c", str(file), "add", "198.51.100.42"]) == 1
    assert capsys.readouterr().err == "rawspoof: 198.51.100.42: not blocked: it is allow-listed (sensor.allow)\n"


def test_a_list_that_somebody_holds_without_answering_is_an_error(block, tmp_path):
    with Shelf(tmp_path / "blocks"):
        status, _, err = block("add", "198.51.100.42")
    assert status == 1
    assert "held by another rawspoof" in err
