"""Evidence of a scan, as tcpdump reads it: what went over the wire is in the files, their sums are in the events."""

import hashlib
import json
import os
import re
import signal
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from rawspoof.cli.main import main
from tests.netns.clients import connected, hear
from tests.netns.scanners import nmap
from tests.netns.sensors import running, until
from tests.netns.taps import SOURCE, SOURCE6, TARGET, TARGET6

pytestmark = pytest.mark.netns

PROMPT = ("--delivery", "prompt")
WITHIN_S = 5.0


def saved(path: Path) -> list[dict]:
    events = [json.loads(line) for line in path.read_text().split("\n")[:-1]]
    return [event for event in events if event["event"]["action"] == "evidence.saved"]


def tcpdump(path: str, *words: str) -> list[str]:
    done = subprocess.run(["tcpdump", "-r", path, "-n", "-tt", *words], capture_output=True, text=True, timeout=20)
    assert done.returncode == 0, done.stderr
    assert "link-type RAW" in done.stderr
    return done.stdout.splitlines()


def test_a_scan_and_its_visits_are_on_disk_as_they_were(lab, tmp_path):
    events, out = tmp_path / "events", tmp_path / "out.pcap"
    with running(lab, *PROMPT, "--events", str(events)) as sensor:
        folder = sensor.folder / "evidence"
        # Who only asks is not written down: anybody can ask in another's name.
        nmap(lab, "-sS", "-T5", "-p", "1000-1009")
        assert os.listdir(folder) == []
        nmap(lab, "-sT", "-T5", "-p", "21,22,25")
        with connected(lab, TARGET6, [22]) as clients:
            hear(clients, lambda client: b"\n" in client.heard, WITHIN_S)
        until(lambda: len(os.listdir(folder)) == 2, WITHIN_S)
        assert {(path.stat().st_uid, path.stat().st_mode & 0o777) for path in folder.iterdir()} == {(65534, 0o640)}
        sensor.ask(signal.SIGTERM)
        assert main(["evidence", SOURCE, "--state-dir", str(sensor.folder), "-w", str(out)]) == 0
        told = {event["source"]["ip"]: event for event in saved(events)}
        assert set(told) == {SOURCE, SOURCE6}
        for event in told.values():
            data = Path(event["file"]["path"]).read_bytes()
            assert (len(data), hashlib.sha256(data).hexdigest()) == (
                event["file"]["size"], event["file"]["hash"]["sha256"],
            )  # fmt: skip
            lines = tcpdump(event["file"]["path"])
            assert len(lines) == event["rawspoof"]["packets"]
        # tcpdump says of a wrong sum that it is one.
        assert not any("incorrect" in line for line in tcpdump(str(out), "-v", "-v"))
    lines = tcpdump(str(out))
    times = [float(line.split()[0]) for line in lines]
    assert times == sorted(times)
    # The SYN scan before the first handshake is there too, each SYN before its SYN-ACK.
    asked = Counter(re.findall(rf"> {TARGET}\.(\d+): Flags \[S\]", "\n".join(lines)))
    answered = Counter(re.findall(rf"{TARGET}\.(\d+) > \S+ Flags \[S\.\]", "\n".join(lines)))
    assert set(asked) == set(answered) == {str(port) for port in (*range(1000, 1010), 21, 22, 25)}
    assert any("[P.]" in line and f"{TARGET}.22 >" in line for line in lines)


def test_it_can_be_left_out(lab, tmp_path):
    config = tmp_path / "c.toml"
    config.write_text("[evidence]\nenabled = false\n")
    with running(lab, *PROMPT, "-c", str(config)) as sensor, connected(lab, TARGET, [22]) as clients:
        hear(clients, lambda client: b"\n" in client.heard, WITHIN_S)
        assert not (sensor.folder / "evidence").exists()
