"""Golden cases: captures of real tools and conversations by hand, and everything that they cause, line by line."""

from contextlib import chdir
from difflib import unified_diff
from pathlib import Path

import pytest

from rawspoof.cli.main import main
from tests.golden import bless, case, record

PCAP_BYTES_MAX = 30_000


@pytest.mark.parametrize("name", case.CASES)
def test_a_case_does_what_it_is_expected_to(name: str) -> None:
    wanted = (case.HOME / name / "expected.txt").read_text()
    found, _ = case.play(name)
    diff = "\n".join(unified_diff(wanted.splitlines(), found.splitlines(), "expected", "found", lineterm=""))
    assert found == wanted, f"{diff}\nscripts/bless {name} records what it does now"


@pytest.mark.parametrize("name", case.CASES)
def test_every_run_of_a_case_is_byte_identical(name: str) -> None:
    assert case.play(name) == case.play(name)


def test_a_replay_of_a_case_is_byte_identical(tmp_path: Path) -> None:
    runs = []
    with chdir(case.HOME / "curl"):
        for run in ("one", "two"):
            out, events = tmp_path / f"{run}.pcap", tmp_path / f"{run}.jsonl"
            argv = ["replay", "input.pcap", "-c", "config.toml", "-w", str(out), "--events", str(events)]
            assert main(argv) == 0
            runs.append((out.read_bytes(), events.read_bytes()))
    assert runs[0] == runs[1]
    _, packets = case.play("curl")
    assert all(raw in runs[0][0] for raw in packets), "the command says what the test says"


@pytest.mark.parametrize("name", case.CASES)
def test_a_case_is_small_and_says_what_it_is_for_and_where_it_is_from(name: str) -> None:
    folder = case.HOME / name
    assert (folder / "input.pcap").stat().st_size < PCAP_BYTES_MAX
    readme = (folder / "README.md").read_text()
    assert "\nPurpose: " in readme
    assert "\nOrigin: " in readme


def test_every_capture_can_be_made_again() -> None:
    assert set(case.CASES) == record.COMMANDS.keys() | record.TALKS.keys()


def test_a_talk_is_what_was_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The packets of the cases by hand, made again: their acknowledgments fit what the sensor says today."""
    for name in record.TALKS:
        (tmp_path / name).mkdir()
        for file in ("input.txt", "config.toml"):
            (tmp_path / name / file).write_bytes((case.HOME / name / file).read_bytes())
    (tmp_path / "secret").write_bytes((case.HOME / "secret").read_bytes())
    (tmp_path / "services").symlink_to(case.HOME / "services")
    home = case.HOME
    monkeypatch.setattr(case, "HOME", tmp_path)
    for name in record.TALKS:
        record.record(name)
        assert (tmp_path / name / "input.pcap").read_bytes() == (home / name / "input.pcap").read_bytes()


@pytest.fixture
def copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of golden cases with one of them, that may be blessed."""
    for path in ("secret", "services/golden.toml", "zmap/input.pcap", "zmap/config.toml", "zmap/expected.txt"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes((case.HOME / path).read_bytes())
    monkeypatch.setattr(case, "HOME", tmp_path)
    return tmp_path / "zmap"


def test_blessing_shows_the_difference_and_records_it(copies: Path, capsys: pytest.CaptureFixture[str]) -> None:
    golden = (copies / "expected.txt").read_text()
    (copies / "expected.txt").write_text(golden.replace("ttl 64", "ttl 63"))
    assert bless.main(["zmap"]) == 0
    told = capsys.readouterr().out
    assert "\n-+0.000" in told
    assert "ttl 63" in told
    assert (copies / "expected.txt").read_text() == golden
    assert bless.main(["zmap"]) == 0
    assert capsys.readouterr().out == "zmap: unchanged\n"


@pytest.mark.parametrize("names", [[], ["nonesuch"], ["zmap", "nonesuch"]])
def test_blessing_what_is_not_there_changes_nothing(names: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert bless.main(names) == 2
    assert "curl" in capsys.readouterr().err
