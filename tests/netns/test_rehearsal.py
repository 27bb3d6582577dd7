"""`rawspoof try`: an unprivileged listener that speaks a port's identity, and tells what it heard."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rawspoof.edges.lab.namespaces import Lab, stop
from tests.netns.sensors import until
from tests.netns.taps import call

NOBODY = 65534


@contextmanager
def trying(lab: Lab, tmp_path: Any, *args: str) -> Iterator["subprocess.Popen[bytes]"]:
    """The command as somebody without rights, once it listens."""
    said = tmp_path / "stderr"
    call(lab, "sensor", "ip", "link", "set", "lo", "up")
    argv = [sys.executable, "-m", "rawspoof", "try", *args]
    with said.open("wb") as stderr:
        process = lab.run(
            "sensor",
            argv,
            user=NOBODY,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stderr,
            cwd=os.getcwd(),
        )
    try:
        until(lambda: b"Ctrl-C" in said.read_bytes() or process.poll() is not None, 20.0)
        assert process.poll() is None, said.read_text()
        yield process
    finally:
        stop(process)
        if process.stdout:
            process.stdout.close()


def test_a_service_is_tried_without_root(lab: Lab, tmp_path: Any) -> None:
    with trying(lab, tmp_path, "--only", "vsftpd", "--delivery", "prompt", "--as", "21") as process:
        heard = call(lab, "sensor", "sh", "-c", "printf 'USER root\\r\\nQUIT\\r\\n' | nc -w 5 127.0.0.1 4444")
        assert [line[:3] for line in heard.splitlines()] == ["220", "331", "221"]
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=10)
        assert process.returncode == 0
    events = [json.loads(line) for line in out.splitlines()]
    kinds = [event["event"]["action"] for event in events]
    assert kinds == ["session.open", "session.data", "service.request", "service.request", "session.close"]
    assert events[-1]["rawspoof"]["exchanges"] == 2
    assert events[-1]["source"]["ip"] == "127.0.0.1"


def test_a_port_in_use_is_named(lab: Lab, tmp_path: Any) -> None:
    with trying(lab, tmp_path, "--only", "vsftpd"):
        argv = [sys.executable, "-m", "rawspoof", "try"]
        second = lab.run("sensor", argv, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
        _, err = second.communicate(timeout=20)
    assert second.returncode == 1
    assert len(err.splitlines()) == 1
    assert b"4444" in err
