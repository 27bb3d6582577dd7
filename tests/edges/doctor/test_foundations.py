"""Libraries, distributions, containers and clocks as they may be found elsewhere."""

import pytest

from rawspoof.config.model import Config, Sensor
from rawspoof.edges.doctor import foundations
from rawspoof.edges.doctor.finding import Level
from rawspoof.edges.system.links import Link

WIRE = Link("eth0", "veth", up=True, mtu=1500, xdp=False, filtered=False)
CARD = WIRE._replace(kind="")


def test_a_library_that_does_not_load_is_trouble():
    def missing(name: str) -> None:
        raise ImportError(f"{name}: libnetfilter_queue.so.1: cannot open shared object file")

    first = next(iter(foundations.libraries(missing)))
    assert (first.level, first.id) == (Level.TROUBLE, "foundations.netfilterqueue")
    assert "libnetfilter_queue.so.1" in first.what
    assert first.cure == "apt-get install libnetfilter-queue1"


def test_what_is_installed_here_is_what_rawspoof_was_written_for():
    assert [finding.level for finding in foundations.libraries()] == [Level.GOOD, Level.GOOD]
    assert {"pyroute2", "msgspec", "netfilterqueue"} <= set(foundations.versions())


def test_a_library_of_another_version_is_named(monkeypatch):
    monkeypatch.setattr(foundations, "versions", lambda: {"pyroute2": "0.10.1"})
    _, finding = foundations.libraries()
    assert finding.id == "foundations.libraries"
    assert finding.level is Level.ADVICE
    assert "pyroute2 0.10.1" in finding.what
    assert "scapy missing" in finding.what


@pytest.mark.parametrize(
    ("wanted", "version", "fit"),
    [
        (">=0.9.5,<0.10", "0.9.5", True),
        (">=0.9.5,<0.10", "0.9.7.dev1+g12", True),
        (">=0.9.5,<0.10", "0.10", False),
        (">=2.6", "2.5.9", False),
        ("<2,>=1.1", "1.1.0", True),
        ("", "0", True),
    ],
)
def test_versions_are_compared_as_numbers(wanted, version, fit):
    assert foundations.fits("it", wanted, {"it": version}) == fit


def test_nobody_is_no_user_of_theirs():
    finding = foundations.user(Config(sensor=Sensor(user="no-such-user")))
    assert (finding.level, finding.id) == (Level.TROUBLE, "foundations.user")


@pytest.mark.parametrize(
    ("release", "level", "named"),
    [
        ('ID=debian\nVERSION_ID="11"\nPRETTY_NAME="Debian GNU/Linux 11 (bullseye)"\n', Level.ADVICE, "11 (bullseye)"),
        ('ID=ubuntu\nVERSION_ID="22.04"\nPRETTY_NAME="Ubuntu 22.04"\n', Level.ADVICE, "Ubuntu 22.04"),
        ('ID=debian\nVERSION_ID="13"\nPRETTY_NAME="Debian 13"\n', Level.GOOD, "Debian 13"),
        ("ID=debian\nPRETTY_NAME='Debian sid'\n", Level.GOOD, "Debian sid"),
        ("ID=gentoo\nPRETTY_NAME=Gentoo\n", Level.GOOD, "Gentoo"),
        (None, Level.GOOD, "unknown system"),
    ],
)
def test_a_distribution_older_than_any_we_tried_is_told(tmp_path, release, level, named):
    if release is not None:
        (tmp_path / "etc").mkdir()
        (tmp_path / "etc/os-release").write_text(release)
    finding = foundations.distribution(tmp_path)
    assert finding.level is level
    assert named in finding.what


@pytest.mark.parametrize("file", [".dockerenv", "run/.containerenv", "run/systemd/container"])
def test_a_container_with_a_network_of_its_own_is_told_from_one_with_the_machines(tmp_path, file):
    assert list(foundations.surrounded(tmp_path, [WIRE])) == []
    (tmp_path / "run/systemd").mkdir(parents=True)
    (tmp_path / file).write_text("lxc\n")
    (own,) = foundations.surrounded(tmp_path, [WIRE])
    assert (own.level, own.id) == (Level.ADVICE, "foundations.container")
    assert "--network host" in own.cure
    (shared,) = foundations.surrounded(tmp_path, [WIRE, CARD])
    assert shared.level is Level.GOOD


def test_a_clock_that_nobody_keeps_is_told():
    assert foundations.clock(lambda timex: 5).id == "foundations.clock"
    assert foundations.clock(lambda timex: 5).level is Level.ADVICE
    assert foundations.clock(lambda timex: 0).level is Level.GOOD


def test_the_kernel_is_asked_about_the_clock():
    assert foundations.clock().id == "foundations.clock"
