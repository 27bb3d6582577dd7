"""`rawspoof doctor`: a line for each finding, one for its cure, and the exit status."""

import pytest

from rawspoof.cli.main import main
from rawspoof.config.model import Config
from rawspoof.edges.doctor import doctor
from rawspoof.edges.doctor.finding import advice, good, trouble


@pytest.fixture
def examined(monkeypatch):
    seen: list[Config] = []

    def replace(*findings):
        monkeypatch.setattr(doctor, "examine", lambda config: seen.append(config) or list(findings))
        return seen

    return replace


def test_each_finding_is_a_line_and_each_cure_the_next(examined, capsys):
    examined(good("all is well"), advice("it rains", "take a coat"))
    assert main(["doctor"]) == 0
    assert capsys.readouterr().out == "ok      all is well\nadvice  it rains\n        → take a coat\n"


def test_trouble_is_status_1(examined):
    examined(good("all is well"), trouble("no kernel", "get one"))
    assert main(["doctor"]) == 1


def test_the_configuration_is_that_which_run_would_have(examined, tmp_path):
    (tmp_path / "r.toml").write_text("[sensor]\nqueue = 7\n")
    seen = examined()
    assert main(["doctor", "-c", str(tmp_path / "r.toml"), "--workers", "3"]) == 0
    assert (seen[0].sensor.queue, seen[0].sensor.workers) == (7, 3)
