"""Other settings while the sensor runs: connections go on, newcomers meet what is new, a mistake changes nothing."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from rawspoof.assembly import parts
from rawspoof.config.load import load
from rawspoof.core.world.profile import Hold, Mode, Profile
from rawspoof.core.world.world import World
from rawspoof.edges.lab.namespaces import Lab
from rawspoof.edges.system import personalities
from tests.netns.sensors import SECRET, Sensor, gone, open_folder, ruleset, running, tell, until
from tests.netns.taps import SOURCE, TARGET, attempt, call

pytestmark = pytest.mark.netns

BUSY_S = 10.0
PORTS, RELOADS = 1500, 3


class Settings:
    """A configuration file and the sensor that runs with it."""

    sensor: Sensor

    def __init__(self, folder: Path) -> None:
        self.path = folder / "rawspoof.toml"
        self._usual = {"world.delivery": "'prompt'", "world.persist_share": "0.3", "events.file": f"'{folder}/events'"}
        self.write({})

    def write(self, changes: dict[str, str]) -> None:
        """The usual settings, and these."""
        self.path.write_text("".join(f"{key} = {value}\n" for key, value in (self._usual | changes).items()))

    def reload(self) -> str:
        """What is said about it."""
        before = len(self._said())
        self.sensor.process.send_signal(signal.SIGHUP)
        return until(lambda: self._said()[before:], BUSY_S)[0].removeprefix("rawspoof: ")

    def reload_with(self, changes: dict[str, str]) -> str:
        self.write(changes)
        return self.reload()

    def pids(self) -> set[int]:
        """Who is there; a new one may not have its name yet."""
        return set(self.sensor.children().values())

    def _said(self) -> list[str]:
        return [line for line in self.sensor.said().splitlines() if "reloaded: " in line or "not reloaded" in line]

    def port(self, hold: Hold, mode: Mode, protocol: str | None) -> int:
        """A port that keeps its connections so, and speaks this protocol (None: none)."""
        world = _world(self.path.read_text(), str(self.path))
        src, dst = (socket.inet_aton(address) for address in (SOURCE, TARGET))
        return next(n for n in range(20000, 65536) if _is(world.profile(src, dst, n), hold, mode, protocol))


@cache
def _world(text: str, path: str) -> World:
    """The world of a configuration, told apart from others of the same name by its text."""
    return parts(load(path), SECRET, personalities.faces(load(None), look=False)).world


def _is(found: Profile, hold: Hold, mode: Mode, protocol: str | None) -> bool:
    who = found.identity and (found.identity.protocol, found.identity.tls)
    return (found.hold, found.mode, who) == (hold, mode, protocol and (protocol, ""))


@pytest.fixture(scope="module")
def stage() -> Iterator[tuple[Lab, Settings]]:
    with Lab() as lab, open_folder() as folder:
        settings = Settings(folder)
        with running(lab, "-c", str(settings.path)) as settings.sensor:
            yield lab, settings


def connected(lab: Lab, port: int) -> socket.socket:
    with lab.inside("attacker"):
        return socket.create_connection((TARGET, port), 2.0)


def answer(peer: socket.socket, said: bytes) -> bytes:
    peer.send(said)
    return peer.recv(4096)


def quiet(peer: socket.socket) -> bool:
    """Whether what we send draws neither a word nor a RST."""
    peer.send(b"anybody there?\r\n")
    peer.settimeout(0.2)
    try:
        return peer.recv(1) is None
    except TimeoutError:
        return True


def test_connections_go_on_and_newcomers_meet_what_is_new(stage):
    lab, settings = stage
    pids = settings.pids()
    mail, ssh = (settings.port(Hold.TIMED, Mode.GREET, protocol) for protocol in ("smtp", "ssh"))
    web = settings.port(Hold.TIMED, Mode.ANSWER, "http")
    with connected(lab, mail) as mailing, connected(lab, ssh) as shelling, connected(lab, web) as browsing:
        assert mailing.recv(500).startswith(b"220")
        assert shelling.recv(500).startswith(b"SSH-2.0-")
        assert settings.reload_with({"world.kind": "'open'"}) == "reloaded: world.kind"
        assert answer(mailing, b"EHLO there\r\n").startswith(b"250")
        assert b"curve25519" in answer(shelling, b"SSH-2.0-OpenSSH_9.2\r\n")
        assert answer(browsing, b"GET / HTTP/1.0\r\n\r\n").startswith(b"HTTP/1.")
        with connected(lab, mail) as newcomer:
            assert quiet(newcomer)
    silent, persist = (settings.port(hold, Mode.SILENT, None) for hold in (Hold.TIMED, Hold.PERSIST))
    with connected(lab, silent) as first, connected(lab, persist) as second:
        assert quiet(first)
        assert quiet(second)
        assert settings.reload_with({"sensor.exempt_ports": "[9999]"}) == "reloaded: sensor.exempt_ports, world.kind"
        assert quiet(first)
        assert quiet(second)
    assert attempt(lab, TARGET, 9999) == "refused"
    with connected(lab, mail) as newcomer:
        assert newcomer.recv(500).startswith(b"220")
    now = settings.pids()
    assert (len(now), pids & now) == (2, {settings.sensor.children()["work0"]})
    assert settings.reload() == "reloaded: nothing changed"
    assert settings.pids() == now


def test_a_mistake_changes_nothing_and_is_named(stage):
    lab, settings = stage
    settings.reload_with({})
    pids, rules = settings.pids(), call(lab, "sensor", "nft", "-s", "list", "ruleset")
    for changes, why in (
        ({"world.kind": "'maize'"}, "world.kind"),
        ({"no.such": "1"}, "no: unknown key"),
        ({"sensor.workers": "2", "world.kind": "'open'"}, "sensor.workers: needs a restart"),
        ({"sensor.interfaces": "['eth7']", "world.kind": "'open'"}, "there is no interface 'eth7'"),
        ({"events.file": "'/no/such/folder'"}, "/no/such/folder: No such file or directory"),
        ({"block.hook": "['no-such-command']"}, "block.hook: there is no command"),
        ({"sink": "[{kind = 'syslog', url = 'udp://192.0.2.1', form = 'odd'}]"}, "sink[0]"),
        ({"world.kind": "[["}, "not TOML"),
    ):
        line = settings.reload_with(changes)
        assert line.startswith("not reloaded, all goes on as before: ")
        assert why in line
    settings.path.unlink()
    assert "rawspoof.toml: cannot be read: No such file" in settings.reload()
    assert settings.pids() == pids
    assert call(lab, "sensor", "nft", "-s", "list", "ruleset") == rules


def test_blocks_stay_in_force_and_follow_the_new_settings(stage):
    lab, settings = stage
    settings.reload_with({})
    block = ["-m", "rawspoof", "block", "--state-dir", str(settings.sensor.folder), "add", "192.0.2.7"]
    call(lab, "sensor", sys.executable, *block)
    assert "192.0.2.7" in ruleset(lab)
    assert settings.reload_with({"block.seconds": "60.0"}) == "reloaded: block.seconds"
    assert "192.0.2.7" in ruleset(lab)
    assert settings.reload_with({"sensor.allow": "['192.0.2.0/24']"}) == "reloaded: sensor.allow, block.seconds"
    assert "192.0.2.7" not in ruleset(lab).replace("192.0.2.0/24", "")


def test_no_port_is_lost_and_every_event_is_told_while_reloads_go_on(stage):
    lab, settings = stage
    settings.reload_with({})
    events = settings.path.with_name("events")
    before = events.read_text().count('"session.open"')
    nmap = ["nmap", "-n", "-Pn", "-sT", "-T4", f"-p1-{PORTS}", "-oG", "-", TARGET]
    scan = lab.run("attacker", nmap, stdout=subprocess.PIPE, text=True)
    reloads = 0
    while scan.poll() is None and reloads < RELOADS:
        settings.reload_with({"world.epoch": str(reloads % 2), "tcp.idle_s": str(20.0 + reloads)})
        reloads += 1
    found = scan.communicate(timeout=60)[0].count("/open/")
    tell(f"{reloads} reloads under a scan")
    assert found == PORTS
    until(lambda: events.read_text().count('"session.open"') - before == PORTS, BUSY_S)


@pytest.mark.parametrize("who", ["collec", "work0"])
def test_a_death_that_nobody_has_seen_yet_is_no_hindrance(stage, who):
    lab, settings = stage
    settings.reload_with({})
    # One that has only just been made has no name yet.
    before = until(lambda: (now := settings.sensor.children()).get(who) and now, BUSY_S)
    # Both signals wait for it when it goes on, and SIGHUP is taken first.
    os.kill(settings.sensor.pid, signal.SIGSTOP)
    os.kill(before[who], signal.SIGKILL)
    until(lambda: gone(before[who]), BUSY_S)
    settings.sensor.process.send_signal(signal.SIGHUP)
    settings.write({"tcp.idle_s": "33.0"})
    said = settings.sensor.said()
    os.kill(settings.sensor.pid, signal.SIGCONT)
    until(lambda: "reloaded: tcp.idle_s" in settings.sensor.said().removeprefix(said), BUSY_S)
    until(lambda: settings.sensor.children().get(who, before[who]) != before[who], BUSY_S)
    until(lambda: attempt(lab, TARGET, 4444) == "open", BUSY_S)


def test_files_are_opened_again_while_the_collector_begins(stage):
    _, settings = stage
    settings.reload_with({})
    before = settings.sensor.said()
    for idle_s in (41, 42, 43):
        assert settings.reload_with({"tcp.idle_s": f"{idle_s}.0"}) == "reloaded: tcp.idle_s"
        # The new collector is a few milliseconds old, and is told to open its files.
        assert "not TOML" in settings.reload_with({"world.kind": "[["})
        settings.write({"tcp.idle_s": f"{idle_s}.0"})
    assert "the collector ended" not in settings.sensor.said().removeprefix(before)


def test_a_death_in_the_middle_of_a_reload_leaves_nothing(lab):
    with open_folder() as folder:
        settings = Settings(folder)
        with running(lab, "-c", str(settings.path)) as settings.sensor:
            settings.write({"world.kind": "'plausible'"})
            settings.sensor.process.send_signal(signal.SIGHUP)
            # scapy forges the other systems' templates now, in a child of its own.
            until(lambda: len(settings.sensor.children()) > 2, BUSY_S)
            pids = [settings.sensor.pid, *settings.sensor.children().values()]
            os.kill(settings.sensor.pid, signal.SIGKILL)
            until(lambda: all(map(gone, pids)), BUSY_S)
            until(lambda: ruleset(lab) == "", BUSY_S)
