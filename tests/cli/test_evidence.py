"""`rawspoof evidence`: what is listed, what is written, what is said when there is nothing."""

from io import BytesIO

import pytest

from rawspoof.cli.main import main
from rawspoof.edges.evidence.folder import name
from rawspoof.edges.link.capture import frames
from rawspoof.edges.link.recorder import FILE_HEADER, record

AT = 1748788327.841203
FOUR, SIX = bytes([198, 51, 100, 42]), bytes.fromhex("20010db8" + "00" * 11 + "07")
SCANS = ("00000000000000aa", "00000000000000bb", "00000000000000cc")


@pytest.fixture
def state(tmp_path) -> str:
    (tmp_path / "evidence").mkdir()
    for number, (source, scan) in enumerate(zip((FOUR, FOUR, SIX), SCANS, strict=True)):
        path = tmp_path / "evidence" / str(name(source, scan, AT + number))
        path.write_bytes(FILE_HEADER + record(AT + number, b"%d" % number))
    return str(tmp_path)


def listed(capsys, *args: str) -> list[str]:
    assert main(["evidence", *args]) == 0
    return [line.split()[1] for line in capsys.readouterr().out.splitlines()]


@pytest.mark.parametrize(
    ("what", "scans"),
    [
        ((), SCANS),
        (("198.51.100.42",), SCANS[:2]),
        (("2001:DB8:0::7",), SCANS[2:]),
        ((SCANS[1],), SCANS[1:2]),
    ],
)
def test_files_are_listed_by_source_or_scan(state, capsys, what, scans):
    assert listed(capsys, *what, "--state-dir", state) == list(scans)


def test_a_source_is_written_as_one_capture(state, capsys, tmp_path):
    assert main(["evidence", "198.51.100.42", "--state-dir", state, "-w", str(tmp_path / "out.pcap")]) == 0
    assert capsys.readouterr().err == f"rawspoof: 2 packets in {tmp_path / 'out.pcap'}\n"
    assert [frame.data for frame in frames(BytesIO((tmp_path / "out.pcap").read_bytes()))] == [b"0", b"1"]


def test_a_capture_may_go_down_a_pipe(state, capfdbinary):
    assert main(["evidence", SCANS[2], "--state-dir", state, "-w", "-"]) == 0
    assert capfdbinary.readouterr().out == FILE_HEADER + record(AT + 2, b"2")


def test_nothing_found_and_nowhere_to_look_are_said_in_a_line(state, capsys, tmp_path):
    assert main(["evidence", "192.0.2.1", "--state-dir", state]) == 1
    assert capsys.readouterr().err == f"rawspoof: {state}/evidence: no evidence of 192.0.2.1\n"
    assert main(["evidence", "--state-dir", str(tmp_path / "x")]) == 1
    assert (
        capsys.readouterr().err
        == f"rawspoof: {tmp_path}/x/evidence: no evidence is kept here; --state-dir names another\n"
    )
