"""Programs like ours that still run are found in this network namespace, and there only."""

import shutil
import sys

import pytest

from rawspoof.edges.doctor.moving import moving
from tests.netns.sensors import until

pytestmark = pytest.mark.netns


def found(lab, root) -> list[str]:
    with lab.inside("sensor"):
        return [finding.what for finding in moving(root) if finding.id == "moving.process"]


def test_a_portspoof_that_runs_is_told(lab, tmp_path):
    program = shutil.copy("/bin/sleep", tmp_path / "portspoof")
    process = lab.run("sensor", [program, "60"])
    (what,) = until(lambda: found(lab, tmp_path), 10)
    assert what.startswith(f"portspoof is running (pid {process.pid})")


def test_one_in_python_is_known_by_its_script(lab, tmp_path):
    script = tmp_path / "portspoof.py"
    script.write_text("import time; time.sleep(60)")
    lab.run("sensor", [sys.executable, str(script)])
    assert until(lambda: found(lab, tmp_path), 10)


def test_who_only_reads_about_it_is_not(lab, tmp_path):
    (tmp_path / "portspoof.py").touch()
    tail = lab.run("sensor", ["tail", "-f", str(tmp_path / "portspoof.py")])
    assert tail.poll() is None
    assert found(lab, tmp_path) == []


def test_one_in_another_network_is_no_matter(lab, tmp_path):
    program = shutil.copy("/bin/sleep", tmp_path / "portspoof")
    lab.run("attacker", [program, "60"])
    near = lab.run("sensor", [shutil.copy("/bin/sleep", tmp_path / "portsentry"), "60"])
    assert until(lambda: found(lab, tmp_path), 10) == [
        f"portsentry is running (pid {near.pid}); its own ports stay open as real services"
    ]
