"""Real services, exempt ports, the web admin's port and SSH sessions, each with real sockets."""

import os
import shutil
import socket
import sys
from ipaddress import ip_address

import pytest

from rawspoof.config.model import Admin, Block, Config, Sensor
from rawspoof.edges.doctor import services
from rawspoof.edges.doctor.finding import Finding
from rawspoof.edges.doctor.firewall import Running
from rawspoof.edges.firewall.plan import plan_from
from tests.netns.sensors import until
from tests.netns.taps import SOURCE, TARGET, serving

pytestmark = pytest.mark.netns

RESTS = Running(False, None)


def found(lab, config: Config | None = None, now: Running = RESTS) -> dict[str, Finding]:
    config = config or Config()
    with lab.inside("sensor"):
        return {one.id: one for one in services.services(config, plan_from(config), now)}


def test_who_listens_for_whom(lab):
    assert found(lab)["services.real"].what == "no real service listens here"
    with lab.inside("sensor"):
        inner = socket.create_server(("127.0.0.1", 5432))
    with inner, serving(lab, "sensor", 8088):
        said = found(lab)
    assert said["services.real"].what.startswith("real services stay the kernel's: 8088 (")
    assert f"pid {os.getpid()}" in said["services.real"].what
    assert "5432 (" in said["services.loopback-only"].what


def test_exempt_ports_without_a_service_are_named(lab):
    with serving(lab, "sensor", 8088):
        said = found(lab, Config(sensor=Sensor(exempt_ports=(8087, 8088))))["services.exempt-idle"].what
    assert "nothing listens there: 8087;" in said
    many = found(lab, Config(sensor=Sensor(exempt_ports=tuple(range(1, 31)))))["services.exempt-idle"].what
    assert "9, 10 and 20 more" in many
    assert "services.exempt-idle" not in found(lab, Config(sensor=Sensor(only_ports=(2222,))))


def test_an_admin_port_that_is_taken_is_trouble_unless_by_the_sensor(lab):
    config = Config(admin=Admin(port=8088))
    with serving(lab, "sensor", 8088):
        # It listens on [::], which takes IPv4's port as well.
        assert f"pid {os.getpid()}" in found(lab, config)["services.admin-port"].what
        assert "services.admin-port" not in found(lab, config, Running(True, 1))
    assert "services.admin-port" not in found(lab, config)
    tripwire = Config(admin=Admin(port=8088), block=Block(tripwire_ports=(8088,)))
    assert "services.admin-tripwire" in found(lab, tripwire)


def test_ssh_sessions_are_found_by_their_servers_process(lab, tmp_path, monkeypatch):
    monkeypatch.delenv("SSH_CONNECTION", raising=False)
    # A server by that name, for what it says does not matter here.
    code = f"import socket; s = socket.create_server(('{TARGET}', 22)); c = s.accept(); s.accept()"
    python = tmp_path / "sshd"
    shutil.copy(os.path.realpath(sys.executable), python)
    lab.run("sensor", [str(python), "-S", "-c", code])

    def session() -> socket.socket | None:
        try:
            return socket.create_connection((TARGET, 22), 1)
        except ConnectionRefusedError:
            return None

    with lab.inside("attacker"):
        client = until(session, 10)
    with client, lab.inside("sensor"):
        admins = until(services.sessions, 10)
    assert admins == {ip_address(SOURCE)}
    (finding,) = services.safe(admins)
    assert finding.what == f"SSH sessions go on, and new ones come in: {SOURCE}"


def test_without_root_ones_own_session_is_known(monkeypatch):
    monkeypatch.setattr(services.proc, "connections", list)
    monkeypatch.setenv("SSH_CONNECTION", "203.0.113.9 50000 198.51.100.1 22")
    assert services.sessions() == {ip_address("203.0.113.9")}
    monkeypatch.setenv("SSH_CONNECTION", "nonsense")
    assert services.sessions() == set()
    assert list(services.safe(set())) == []
