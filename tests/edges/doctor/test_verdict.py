"""What is made of a view from outside."""

from ipaddress import ip_address

import pytest

from rawspoof.config.model import Block, Config, Sensor, World
from rawspoof.edges.doctor.finding import Level
from rawspoof.edges.doctor.firewall import Running
from rawspoof.edges.doctor.verdict import View, verdict
from rawspoof.edges.firewall.plan import plan_from

RUNS, RESTS = Running(True, 7), Running(False, None)


def view(states: dict[int, str], names: dict[int, str] | None = None, real: dict[int, str] | None = None) -> View:
    target, source = ip_address("203.0.113.5"), ip_address("198.18.0.2")
    return View(target, source, "nmap", states, names or {}, real or {}, looked_s=2.0, named_s=30.0)


def told(seen: View, config: Config | None = None, now: Running = RUNS) -> list[tuple[Level, str]]:
    config = config or Config()
    return [(finding.level, finding.id) for finding in verdict(config, plan_from(config), seen, now)]


def all_(state: str, count: int = 10) -> dict[int, str]:
    return dict.fromkeys(range(1, count + 1), state)


def test_ports_that_all_answer_are_as_they_should_be():
    assert told(view(all_("open"))) == [(Level.GOOD, "scan.answered")]


@pytest.mark.parametrize(
    ("state", "config", "now", "expected"),
    [
        ("closed", Config(), RESTS, (Level.TROUBLE, "scan.no-sensor")),
        ("closed", Config(), RUNS, (Level.TROUBLE, "scan.closed")),
        ("filtered", Config(), RUNS, (Level.TROUBLE, "scan.silent")),
        ("closed", Config(sensor=Sensor(interfaces=("eth0",))), RUNS, (Level.ADVICE, "scan.uncovered")),
    ],
)
def test_ports_that_do_not_answer_are_told_with_the_likeliest_cause(state, config, now, expected):
    assert told(view(all_(state)), config, now) == [expected]


def test_some_that_do_not_are_named():
    (finding,) = verdict(Config(), plan_from(Config()), view(all_("open") | {7: "filtered"}), RUNS)
    assert finding.id == "scan.partly"
    assert finding.what == "1 of 10 ports do not answer as the sensor's do: 7"


def test_a_scan_that_was_blocked_is_told_from_ports_that_do_not_answer():
    seen = view(all_("open") | {7: "filtered", 8: "filtered"})
    config = Config(block=Block(enabled=True))
    (finding,) = verdict(config, plan_from(config), seen, RUNS)
    assert finding.id == "scan.blocked"
    assert finding.cure.startswith("rawspoof block remove 198.18.0.2;")
    assert told(seen, Config(block=Block(enabled=True, dry_run=True))) == [(Level.ADVICE, "scan.partly")]


def test_ports_that_are_closed_on_purpose_are_none_of_them():
    closed = view(all_("open") | {7: "closed", 8: "closed"})
    assert told(closed, Config(sensor=Sensor(closed_ports=(7,), exempt_ports=(8,)))) == [(Level.GOOD, "scan.answered")]
    assert told(closed, Config(world=World(kind="plausible"))) == [(Level.GOOD, "scan.answered")]


def test_real_services_are_told_with_what_they_say():
    seen = view(all_("open"), {5: "ssh OpenSSH 9.2p1"}, {5: "sshd, pid 3", 6: "x, pid 4"})
    findings = [finding for finding in verdict(Config(), plan_from(Config()), seen, RUNS) if finding.id == "scan.real"]
    assert [finding.what for finding in findings] == [
        "5 shows the real thing (sshd, pid 3): ssh OpenSSH 9.2p1",
        "6 shows the real thing (x, pid 4): a service that says nothing",
    ]


def test_the_time_for_all_ports_is_reckoned_from_those_seen():
    seen = view(all_("open", 500) | dict.fromkeys(range(501, 1001), "closed"), {1: ""})
    assert seen.all_looked_s == pytest.approx(131.07)
    assert seen.all_named_s == pytest.approx(30 * 65535 / 2 / 30)
    assert view(all_("open")).all_named_s == 0
