"""Ports that are dealt anew by the clock: who comes after the turn meets others, who is connected notices nothing."""

from functools import cache
from typing import Any

import pytest

from rawspoof import assembly
from rawspoof.config.model import Config, World
from rawspoof.core.event import ServiceRequest, SessionOpened
from rawspoof.core.outcome import Outcome
from rawspoof.core.sensor import Sensor
from rawspoof.core.wire.segment import ACK, FIN, PSH, RST, SYN
from rawspoof.core.world.kind import Door
from rawspoof.core.world.profile import Hold, Mode
from tests.peers import DST, SECRET, SRC, T0, packet, personalities, said, templates, wait

ROTATE_S = 600
TURN_AT = (T0 // ROTATE_S + 1) * ROTATE_S
"""Six minutes after T0."""


@cache
def parts(**settings: Any) -> assembly.Parts:
    faces = {"linux": personalities.load("linux"), "windows": personalities.load("windows")}
    faces |= {"freebsd": personalities.load("freebsd")}
    world = World(rotate_s=ROTATE_S, delivery="prompt", silent_share=0.0, **settings)
    return assembly.parts(Config(world=world), SECRET, faces)


def sensor(**settings: Any) -> Sensor:
    made = parts(**settings)
    made.world.pass_time(T0)
    return assembly.sensor(made, {family: templates(family) for family in made.faces})


class Peer:
    """A peer's side of one connection, which loses nothing and acknowledges at once."""

    def __init__(self, mind: Sensor, dport: int, at: float = T0, sport: int = 40000) -> None:
        self.mind, self.ports = mind, {"dport": dport, "sport": sport}
        (synack,) = said(mind.on_packet(at, packet(SYN, 100, **self.ports)))
        self.seq, self.ack = 101, synack.seq + 1
        self.opened = self.sends(at, b"").events

    def sends(self, at: float, data: bytes = b"", flags: int = ACK, back: int = 0) -> Outcome:
        """What comes of it, after everything that was due by then."""
        for outcome in wait(self.mind, at):
            self.hears(outcome)
        outcome = self.mind.on_packet(at, packet(flags, self.seq - back, self.ack, data, **self.ports))
        self.seq += len(data)
        self.hears(outcome)
        return outcome

    def hears(self, outcome: Outcome) -> None:
        for seg in said(outcome):
            if seg.dport == self.ports["sport"] and not seg.flags & (SYN | RST):
                self.ack = (seg.seq + seg.len) & 0xFFFFFFFF

    def services(self) -> list[str]:
        return [event.service for event in self.opened if isinstance(event, SessionOpened)]


def service(mind: Sensor, port: int, at: float, sport: int) -> list[str]:
    return Peer(mind, port, at, sport).services()


def test_after_the_turn_ports_are_others_and_stay_so_until_the_next() -> None:
    mind = sensor()
    met = [
        [service(mind, port, at, 2000 + place) for port in range(30000, 30100)]
        for place, at in enumerate((T0, TURN_AT - 1, TURN_AT, TURN_AT + ROTATE_S - 1, TURN_AT + ROTATE_S))
    ]
    assert met[0] == met[1]
    assert met[2] == met[3]
    same = [sum(a == b for a, b in zip(met[n], met[n + 2], strict=True)) for n in (0, 2)]
    assert max(same) < 20


def test_a_turn_is_a_matter_of_the_clock_alone() -> None:
    first = sensor()
    first.on_packet(T0, packet(SYN, 1))
    early = [service(first, port, TURN_AT + 5, 3000) for port in range(30000, 30050)]
    late = sensor()
    assert [service(late, port, TURN_AT + 400, 3000) for port in range(30000, 30050)] == early


ASKED = {Mode.GREET: ("ssh", b"SSH-2.0-OpenSSH_9.2\r\n"), Mode.ANSWER: ("http", b"GET / HTTP/1.0\r\n\r\n")}


def changing(mode: Mode, **settings: Any) -> int:
    """A port that answers requests in this mode, and whose service is another one after the turn."""
    world = parts(**settings).world
    world.pass_time(T0)
    before = world.turn
    for port in range(30000, 60000):
        now, then = (world.profile(SRC, DST, port, turn).identity for turn in (before, before + 1))
        changes = now and then and now.service != then.service and (now.protocol, now.tls) == (ASKED[mode][0], "")
        if changes and world.profile(SRC, DST, port, before).mode is mode:
            return port
    raise AssertionError("no such port")


@pytest.mark.parametrize("mode", [Mode.GREET, Mode.ANSWER])
@pytest.mark.parametrize("hold_max_s", [36000.0, 0.0])
@pytest.mark.parametrize("quiet_s", [400.0, 4000.0, 7000.0])
def test_a_connection_keeps_its_service_over_turns(mode: Mode, hold_max_s: float, quiet_s: float) -> None:
    settings = {"hold_max_s": hold_max_s, "hold_min_s": hold_max_s, "persist_share": 0.0}
    port = changing(mode, **settings)
    peer = Peer(sensor(**settings), port)
    (name,) = peer.services()
    # Held, without a word and perhaps without any state.
    (alive,) = said(peer.sends(T0 + quiet_s, back=1))
    assert (alive.flags, alive.seq, alive.ack) == (ACK, peer.ack, peer.seq)
    events = peer.sends(T0 + quiet_s + 1, ASKED[mode][1], PSH | ACK).events
    events += [event for outcome in wait(peer.mind, T0 + quiet_s + 3) for event in outcome.events]
    told = {event.service for event in events if isinstance(event, ServiceRequest)}
    assert told == {name}
    assert service(peer.mind, port, T0 + quiet_s + 4, 50000) != [name]


def test_a_handshake_under_way_is_completed() -> None:
    mind = sensor()
    (synack,) = said(mind.on_packet(TURN_AT - 0.1, packet(SYN, 100)))
    outcome = mind.on_packet(TURN_AT + 0.1, packet(ACK, 101, synack.seq + 1))
    assert [type(event) for event in outcome.events] == [SessionOpened]


def doors(world: Any, turn: int, ours: bytes) -> set[int]:
    return {port for port in range(1, 10000) if world.door(SRC, ours, port, turn) is Door.OPEN}


def closing() -> tuple[bytes, int]:
    """An address and a port of a plausible world that is open before the turn and closed after it."""
    world = parts(kind="plausible").world
    world.pass_time(T0)
    for last in range(1, 200):
        ours = DST[:3] + bytes([last])
        gone = doors(world, world.turn, ours) - doors(world, world.turn + 1, ours)
        for port in sorted(gone):
            closed = world.door(SRC, ours, port, world.turn + 1) is Door.CLOSED
            if closed and world.profile(SRC, ours, port).hold is Hold.TIMED:
                return ours, port
    raise AssertionError("no such port")


def test_a_port_that_closes_closes_to_newcomers_only() -> None:
    ours, port = closing()
    mind = sensor(kind="plausible")
    peer = Peer.__new__(Peer)
    peer.mind, peer.ports = mind, {"dport": port, "sport": 40000, "dst": ours}
    (synack,) = said(mind.on_packet(T0, packet(SYN, 100, **peer.ports)))
    peer.seq, peer.ack = 101, synack.seq + 1
    peer.sends(T0)
    after = TURN_AT + 1
    (refused,) = said(mind.on_packet(after, packet(SYN, 7, dst=ours, dport=port, sport=50000)))
    assert refused.flags == RST | ACK
    (stray,) = said(mind.on_packet(after, packet(ACK, 7, 7, dst=ours, dport=port, sport=50001)))
    assert stray.flags == RST
    (alive,) = said(peer.sends(after, back=1))
    assert (alive.flags, alive.seq, alive.ack) == (ACK, peer.ack, peer.seq)
    flags = [seg.flags for seg in said(peer.sends(after + 1, flags=FIN | ACK))]
    assert flags
    assert not any(flag & RST for flag in flags)


def test_hosts_keep_their_name_and_system() -> None:
    world = parts(kind="plausible").world
    for last in range(1, 40):
        ours = DST[:3] + bytes([last])
        families, names, opens = set(), set(), set()
        for turn in range(4):
            world.pass_time(T0 + turn * ROTATE_S)
            families.add(world.family(SRC, ours))
            ports = doors(world, world.turn, ours)
            opens.add(frozenset(ports))
            identities = [world.profile(SRC, ours, port).identity for port in ports]
            names |= {identity.facts["fqdn"] for identity in identities if identity is not None}
        assert (len(families), len(names)) == (1, 1)
        assert len(opens) > 1
