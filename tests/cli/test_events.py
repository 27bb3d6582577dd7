"""`rawspoof events`: filters, forms, order, and following."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from rawspoof.cli.main import main
from rawspoof.edges.report.listing import HEADER
from rawspoof.edges.store.database import Heard, Store
from tests.begun import begun
from tests.cli.stores import fill
from tests.edges.sinks.samples import CREDENTIAL, ENDED, EXAMPLES, OPENED, SRC6, SYN

ROOT = Path(__file__).parents[2]


@pytest.fixture
def listed(tmp_path, capsys):
    fill(tmp_path)

    def ask(*args):
        assert main(["events", "--store", str(tmp_path), *args]) == 0
        return capsys.readouterr().out.splitlines()

    return ask


def kinds(lines):
    return [json.loads(line)["event"]["action"] for line in lines]


def test_a_table_has_a_head_and_a_line_for_each_event_the_newest_last(listed, monkeypatch):
    monkeypatch.setenv("COLUMNS", "90")
    lines = listed()
    assert len(lines) == len(EXAMPLES) + 1
    assert lines[0].split() == ["time", "(UTC)", "source", "port", "kind", "what"]
    assert [line.split()[4] for line in lines[1:]] == [str(type(e).__struct_config__.tag) for e in EXAMPLES]
    assert max(map(len, lines)) <= 90


@pytest.mark.parametrize(
    ("args", "got"),
    [
        (("--kind", "service.credential"), ["service.credential"]),
        (("--kind", "scan", "--kind", "syn.data"), ["syn.data", "scan.detected", "scan.update", "scan.ended"]),
        (("--source", "2001:db8::/32"), ["syn.data"]),
        (("--source", "2001:db8::7"), ["syn.data"]),
        (("--source", "10.0.0.0/8"), []),
        (("--port", "440-443", "--kind", "session"), ["session.open"]),
        (("--since", "1h", "--kind", "session.open"), ["session.open"]),
        (("--until", "1h"), []),
        (("--limit", "2", "--kind", "scan"), ["scan.update", "scan.ended"]),
        (("--limit", "1", "--proven", "--kind", "scan", "--kind", "syn", "--kind", "session"), ["session.close"]),
    ],
)
def test_filters(listed, args, got):
    assert kinds(listed("--json", *args)) == got


def test_a_table_ends_with_the_last_hundred_and_csv_has_all(tmp_path, listed, capsys):
    fill(tmp_path, *[OPENED] * 150, first=1000)
    assert len(listed()) == 101
    assert len(listed("--limit", "0")) == 151 + len(EXAMPLES)
    rows = list(csv.DictReader(io.StringIO("\n".join(listed("--csv")))))
    assert len(rows) == 150 + len(EXAMPLES)
    assert tuple(rows[0]) == HEADER
    assert [int(row["number"]) for row in rows] == sorted(int(row["number"]) for row in rows)


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--kind", "sesion"), "command line: --kind 'sesion' is none of session.open, "),
        (("--since", "1h", "--until", "2h"), "command line: --since is not before --until"),
        (("--limit", "-1"), "command line: --limit: expected 0 or more, got -1"),
    ],
)
def test_a_bad_filter_is_a_line(tmp_path, capsys, args, said):
    assert main(["events", "--store", str(tmp_path), *args]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"rawspoof: {said}")


@pytest.mark.parametrize("args", [("--port", "0"), ("--source", "x"), ("--since", "now"), ("--json", "--csv")])
def test_a_bad_value_is_refused_by_argparse(args, capsys):
    with pytest.raises(SystemExit):
        main(["events", *args])
    assert "expected" in capsys.readouterr().err or "--json" in args


def test_an_event_that_no_sensor_makes_ends_no_list(tmp_path, capsys):
    fill(tmp_path, OPENED, msgspec.structs.replace(OPENED, src=b"odd"), SYN)
    for form, count in (("--json", 2), ("--table", 4), ("--csv", 4)):
        assert main(["events", "--store", str(tmp_path), form]) == 0
        said = capsys.readouterr()
        assert said.out.count("\n") == count
        assert ("event 2 left out" in said.err) == (form == "--json")


def test_following_tells_new_ones_once(tmp_path):
    fill(tmp_path)
    command = [
        sys.executable,
        "-m",
        "rawspoof",
        "events",
        "--store",
        str(tmp_path),
        "--follow",
        "--json",
        "--limit",
        "1",
    ]
    with begun([*command, "--kind", "service", "--kind", "syn"], stdout=subprocess.PIPE, cwd=ROOT) as process:
        assert process.stdout is not None
        told = [process.stdout.readline()]
        for number, event in (
            (100, OPENED),
            (101, CREDENTIAL),
            (102, ENDED),
            (103, msgspec.structs.replace(SYN, src=SRC6)),
        ):
            fill(tmp_path, event, first=number)
        told += [process.stdout.readline(), process.stdout.readline()]
        process.terminate()
        assert process.stdout.read() == b""
    assert kinds(told) == ["service.credential", "service.credential", "syn.data"]


def test_of_a_hubs_store_one_sensor(tmp_path, capsys):
    store = Store(tmp_path, 30, 100)
    store.take([Heard("paris", 1, OPENED), Heard("tokyo", 1, CREDENTIAL), Heard("paris", 2, ENDED)], 1)
    store.close()
    ask = ["events", "--store", str(tmp_path)]
    assert main(ask) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == ["sensor", "paris", "tokyo", "paris"]
    assert main([*ask, "--sensor", "paris", "--json"]) == 0
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(one["observer"]["name"], one["event"]["action"]) for one in told] == [
        ("paris", "session.open"), ("paris", "scan.ended"),
    ]  # fmt: skip
    assert main([*ask, "--sensor", "tokyo", "--csv"]) == 0
    assert [row["sensor"] for row in csv.DictReader(io.StringIO(capsys.readouterr().out))] == ["tokyo"]
    assert main(["report", "--store", str(tmp_path), "--since", "2025-01-01T00:00", "--sensor", "tokyo"]) == 0
    assert "events                 1" in capsys.readouterr().out
    assert main(["top", "--store", str(tmp_path), "--sensor", "tokyo"]) == 0
    assert "0 scans now" in capsys.readouterr().out
