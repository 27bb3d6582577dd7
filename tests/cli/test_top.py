"""`rawspoof top`: a live screen with keys that follows its terminal's size, and a single look where there is none."""

import os
import pty
import select
import sys
import termios
import time
from contextlib import contextmanager
from pathlib import Path

from rawspoof.cli.main import main
from tests.begun import begun
from tests.cli.stores import fill
from tests.edges.report.made import hostile_scan
from tests.edges.sinks.samples import ENDED

ROOT = Path(__file__).parents[2]


def test_a_single_look(tmp_path, capsys):
    fill(tmp_path)
    assert main(["top", "--store", str(tmp_path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "1 scans now" in lines[0]
    assert lines[4].split()[:3] == ["198.51.100.42", "1?", "2002"]


class Terminal:
    """Ours is the side that a person looks at."""

    def __init__(self, fd):
        self.fd, self.seen = fd, b""

    def until(self, words):
        """What was shown since the last time, up to these words and beyond."""
        end = time.monotonic() + 20
        while words not in self.seen:
            assert select.select([self.fd], [], [], max(end - time.monotonic(), 0))[0], self.seen
            self.seen += os.read(self.fd, 65536)
        seen, self.seen = self.seen, b""
        return seen.decode()

    def size(self, lines, columns):
        termios.tcsetwinsize(self.fd, (lines, columns))


@contextmanager
def watching(folder):
    ours, theirs = pty.openpty()
    terminal = Terminal(ours)
    terminal.size(24, 100)
    environment = {key: value for key, value in os.environ.items() if key not in ("COLUMNS", "LINES")}
    command = [sys.executable, "-m", "rawspoof", "top", "--store", str(folder), "--interval", "0.2"]
    with begun(command, stdin=theirs, stdout=theirs, cwd=ROOT, env=environment) as process:
        yield terminal, process
        os.write(ours, b"q")
        assert process.wait(20) == 0
    os.close(ours)
    os.close(theirs)


def test_the_screen_lives(tmp_path):
    fill(tmp_path, hostile_scan("\x1b[31m\x07<b>"))
    with watching(tmp_path) as (terminal, _):
        first = terminal.until(b"\x1b[J")
        assert "1 scans now" in first
        # Nothing of theirs but as words.
        assert "\\x1b[31m" in first
        assert "\x07" not in first
        assert "[31m" not in first.replace("\\x1b[31m", "")
        terminal.size(5, 40)
        assert "198.51.100.42" in terminal.until(b"\x1b[J")
        os.write(terminal.fd, b"p")
        terminal.size(24, 100)
        assert "paused" in terminal.until(b"goes on")
        os.write(terminal.fd, b"p")
        fill(tmp_path, ENDED, first=50)
        assert "2 scans now" in terminal.until(b"2 scans now")
