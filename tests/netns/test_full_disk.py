"""A disk that is full ends nothing, is counted to the last event, and is written to again when there is room."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.netns

ROOT = Path(__file__).parents[2]
MOUNT = 'mount -t tmpfs -o size=2m none "$0" && exec "$@"'


def test_a_full_disk_is_counted_and_forgotten(tmp_path):
    # A mount namespace of its own: nobody else sees the disk, and nothing is left of it.
    command = ["unshare", "--mount", "sh", "-c", MOUNT, str(tmp_path), sys.executable, "-m", "tests.netns.full_disk"]
    done = subprocess.run([*command, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    got = json.loads(done.stdout)
    assert got["closed"]
    assert got["rows"] + got["dropped"] == got["handed"]
    assert got["lines"] + got["lost"] == got["handed"]
    assert got["dropped"] > 0
    assert got["lost"] > 0
    assert (got["last_row"], got["last_line"], got["integrity"]) == (True, "service.credential", "ok")
    assert "store: batches failed" in done.stderr
    assert "full" in done.stderr
