"""`rawspoof lab` with a stand-in for the sensor: what the command is given, whose status counts, what is shown."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from rawspoof.edges.lab import lab as room
from rawspoof.edges.lab.lab import LabError, play, run_lab
from tests.begun import begun

pytestmark = pytest.mark.netns

SENSOR = """
import signal, sys
from pathlib import Path
signal.signal(signal.SIGTERM, lambda *_: sys.exit(print("ended", file=sys.stderr)))
print("starting", file=sys.stderr, flush=True)
print("rawspoof: ready, in 0.0 s", file=sys.stderr, flush=True)
signal.pause()
"""


def sensor(code: str = SENSOR) -> list[str]:
    return [sys.executable, "-c", code]


def shell(text: str) -> list[str]:
    return ["sh", "-c", text]


def test_the_command_runs_beside_the_sensor_and_its_status_is_the_labs(capfd):
    asked = 'echo "$RAWSPOOF_TARGET $RAWSPOOF_TARGET6"; ip -br addr show eth0; exit 7'
    assert play(sensor(), shell(asked)) == 7
    out = capfd.readouterr().out
    assert "198.51.100.1 2001:db8:51::1" in out
    assert "198.51.100.2/24" in out


def test_what_the_sensor_says_is_shown_to_its_last_word(capsys):
    assert play(sensor(), shell("exit 0")) == 0
    assert capsys.readouterr().err == "starting\nrawspoof: ready, in 0.0 s\nended\n"


def test_a_command_that_a_signal_ended_counts_as_shells_count_it():
    assert play(sensor(), shell("kill -9 $$")) == 137


def test_a_sensor_that_does_not_start_is_heard(capsys):
    failing = sensor("import sys; sys.exit('rawspoof: no such interface')")
    with pytest.raises(LabError, match="ended before it was ready"):
        play(failing, shell("exit 0"))
    assert capsys.readouterr().err == "rawspoof: no such interface\n"


def test_a_sensor_that_never_gets_ready_is_given_up(monkeypatch):
    monkeypatch.setattr(room, "READY_S", 0.3)
    with pytest.raises(LabError, match="not ready within"):
        play(sensor("import time; time.sleep(60)"), shell("exit 0"))


def test_an_unknown_command_leaves_no_sensor_behind():
    with pytest.raises(FileNotFoundError, match="no-such-command"):
        play(sensor(), ["no-such-command"])


def test_the_sensor_is_our_own_with_the_arguments_given_and_a_secret_of_its_own(monkeypatch):
    played = []
    monkeypatch.setattr(room, "play", lambda *argv: played.append(argv) or 0)
    monkeypatch.setenv("SHELL", "/bin/zsh")
    assert run_lab(["--world=open"], []) == 0
    ((started, command),) = played
    assert started[:5] == [sys.executable, "-m", "rawspoof", "run", "--state-dir"]
    assert started[6:] == ["--world=open"]
    assert not Path(started[5]).exists()
    assert command == ["/bin/zsh"]


def test_sigterm_takes_everything_down(tmp_path: Path):
    code = f"""
import sys
from rawspoof.edges.lab import lab
lab.play = (lambda play: lambda sensor, command: play([sys.executable, "-c", {SENSOR!r}], command))(lab.play)
sys.exit(lab.run_lab([], ["sh", "-c", "echo $$ > pid; mv pid there; exec sleep 60"]))
"""
    there = tmp_path / "there"
    with begun([sys.executable, "-c", code], cwd=tmp_path, stderr=subprocess.PIPE, text=True) as process:
        for _ in range(2000):
            if there.exists():
                break
            time.sleep(0.01)
        process.terminate()
        assert process.wait(10) == 128 + 15
        said = process.stderr.read()
    assert "ended" in said
    assert "Traceback" not in said
    assert not Path("/proc", there.read_text().strip()).exists()
