"""A screen on a pseudo-terminal: drawn only when it changes, keys read, and all as it was afterwards."""

import os
import pty
import select
import sys
import termios

from tests.begun import begun

SCRIPT = """
from rawspoof.edges.report.screen import Screen, is_one
assert is_one()
with Screen() as screen:
    screen.draw(["one", "two"])
    screen.draw(["one", "two"])
    got = ""
    while "q" not in got:
        got += screen.keys(0.01)
    screen.draw([got, str(screen.size().columns)])
    if "k" in got:
        import os, signal
        os.kill(os.getpid(), signal.SIGTERM)
"""


def ran(keys):
    """What was shown, the status, and whether the terminal's modes were as before."""
    ours, theirs = pty.openpty()
    before = termios.tcgetattr(theirs)
    environment = {**os.environ, "COLUMNS": "77"}
    with begun([sys.executable, "-c", SCRIPT], stdin=theirs, stdout=theirs, env=environment) as process:
        shown = b""
        while b"two" not in shown:
            # What was typed before it is up is thrown away, as elsewhere.
            assert select.select([ours], [], [], 20)[0]
            shown += os.read(ours, 65536)
        os.write(ours, keys)
        status = process.wait(20)
    same = termios.tcgetattr(theirs) == before
    shown += os.read(ours, 65536)
    os.close(ours)
    os.close(theirs)
    return shown.decode(), status, same


def test_it_is_drawn_and_left_as_it_was():
    shown, status, same = ran(b"pq")
    assert (status, same) == (0, True)
    assert shown.count("one\x1b[K\r\ntwo\x1b[K\x1b[J") == 1
    assert "77\x1b[K\x1b[J" in shown
    assert shown.index("\x1b[?1049h\x1b[?25l") < shown.index("one")
    assert shown.endswith("\x1b[?25h\x1b[?1049l")


def test_a_polite_kill_leaves_it_as_it_was_too():
    shown, status, same = ran(b"kq")
    assert (status, same) == (143, True)
    assert shown.endswith("\x1b[?25h\x1b[?1049l")
