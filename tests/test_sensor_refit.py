"""A sensor goes on under other settings: who is connected notices nothing, who comes after meets what is new."""

from functools import cache
from typing import Any

import pytest
from msgspec.structs import replace

from rawspoof import assembly
from rawspoof.config.model import Config, Tcp, World
from rawspoof.config.model import Sensor as Settings
from rawspoof.core.event import ServiceRequest
from rawspoof.core.outcome import Verdict
from rawspoof.core.sensor import Sensor
from rawspoof.core.wire.segment import ACK, PSH, RST, SYN
from rawspoof.core.world.profile import Hold, Mode
from tests.peers import DST, SECRET, SRC, T0, packet, personalities, said, templates, wait
from tests.test_sensor_turns import Peer

FACES = ("linux", "windows", "freebsd")


USUAL = Config(world=World(delivery="prompt", silent_share=0.0))


@cache
def dealt(world: World) -> assembly.Parts:
    faces = {name: personalities.load(name) for name in FACES}
    return assembly.parts(replace(USUAL, world=world), SECRET, faces)


def parts(sensor: Settings = USUAL.sensor, tcp: Tcp = USUAL.tcp, **world: Any) -> assembly.Parts:
    """Parts that share their world with all others of the same one."""
    made = dealt(replace(USUAL.world, **world))
    return made._replace(config=replace(made.config, sensor=sensor, tcp=tcp))


def dressed() -> dict[str, Any]:
    return {name: templates(name) for name in FACES}


def begun(made: assembly.Parts) -> Sensor:
    return assembly.sensor(made, dressed())


def refit(mind: Sensor, made: assembly.Parts, at: float) -> None:
    mind.refit(assembly.refitted(mind, made, dressed()), at)


def port(made: assembly.Parts, hold: Hold, protocol: str) -> int:
    """A port with this hold that waits for somebody to speak this protocol."""
    for number in range(30000, 65536):
        found = made.world.profile(SRC, DST, number)
        who = found.identity
        if who and (found.hold, found.mode, who.protocol, who.tls) == (hold, Mode.ANSWER, protocol, ""):
            return number
    raise AssertionError("no such port")


def asked(peer: Peer, at: float) -> set[str]:
    """Which services heard a request."""
    events = peer.sends(at, b"GET / HTTP/1.0\r\n\r\n", PSH | ACK).events
    events += [event for outcome in wait(peer.mind, at + 2) for event in outcome.events]
    return {event.service for event in events if isinstance(event, ServiceRequest)}


@pytest.mark.parametrize(("hold", "hold_max_s"), [(Hold.TIMED, 36000.0), (Hold.FOREVER, 0.0)])
@pytest.mark.parametrize("quiet_s", [1.0, 400.0])
def test_a_held_connection_stays_who_it_was_and_a_new_one_meets_the_new_world(hold, hold_max_s, quiet_s):
    holds = {"hold_max_s": hold_max_s, "hold_min_s": hold_max_s}
    old, new = parts(**holds), parts(**holds, kind="open")
    number = port(old, hold, "http")
    mind = begun(old)
    before = Peer(mind, number)
    (name,) = before.services()
    assert len(mind.flows) <= 1
    refit(mind, new, T0 + 1)
    assert asked(before, T0 + 1 + quiet_s) == {name}
    after = Peer(mind, number, T0 + 2 + quiet_s, sport=50000)
    assert after.services() == [""]
    assert asked(after, T0 + 3 + quiet_s) == set()


def test_a_closed_window_stays_closed():
    old = parts(persist_share=1.0, kind="open")
    mind = begun(old)
    peer = Peer(mind, 7777)
    peer.sends(T0 + 1, b"0123456789", PSH | ACK)
    assert (len(mind.flows), len(mind.holds)) == (0, 0)
    refit(mind, parts(persist_share=0.0), T0 + 2)
    (probed,) = said(mind.on_packet(T0 + 70, packet(ACK, 101 + 4, peer.ack, b"4", dport=7777)))
    assert (probed.wnd, probed.ack) == (0, 101 + 4)


def test_of_several_changes_within_a_minute_each_connection_stays_in_its_world():
    worlds = [parts(persist_share=1.0, kind="open"), parts(persist_share=0.0), parts(persist_share=0.0, epoch=1)]
    mind = begun(worlds[1])
    refit(mind, worlds[0], T0 + 1)
    peer = Peer(mind, 7777, T0 + 2)
    refit(mind, worlds[1], T0 + 3)
    refit(mind, worlds[2], T0 + 4)
    (taken,) = said(peer.sends(T0 + 5, b"0123456789", PSH | ACK))
    assert (taken.wnd, taken.data) == (0, b"")


def test_words_in_the_middle_of_a_conversation_go_on():
    old = parts(only="postfix")
    mind = begun(old)
    peer = Peer(mind, 25)
    wait(mind, T0 + 1)
    refit(mind, parts(kind="open"), T0 + 1)
    (reply,) = [seg for seg in said(peer.sends(T0 + 2, b"EHLO there\r\n", PSH | ACK)) if seg.data]
    assert reply.data.startswith(b"250")


def test_a_handshake_under_way_is_completed_on_a_port_that_closes():
    mind = begun(parts())
    (synack,) = said(mind.on_packet(T0, packet(SYN, 100)))
    refit(mind, parts(Settings(closed_ports=(22,))), T0)
    outcome = mind.on_packet(T0 + 0.1, packet(ACK, 101, synack.seq + 1))
    assert [type(event).__name__ for event in outcome.events] == ["SessionOpened"]
    (reset,) = said(mind.on_packet(T0 + 1, packet(SYN, 100, sport=50000)))
    assert reset.flags & RST


def test_ports_that_are_exempt_now_go_to_the_kernel_and_the_others_are_answered():
    mind = begun(parts())
    refit(mind, parts(Settings(exempt_ports=(443,))), T0)
    assert mind.on_packet(T0, packet(SYN, 1, dport=443)).verdict is Verdict.ACCEPT
    assert len(said(mind.on_packet(T0, packet(SYN, 1, dport=444)))) == 1
    refit(mind, parts(), T0)
    assert len(said(mind.on_packet(T0, packet(SYN, 1, dport=443)))) == 1


def test_limits_are_the_new_ones():
    mind = begun(parts())
    refit(mind, parts(tcp=Tcp(flows_max=5, holds_max=3, half_open_max=2, answers_per_s_max=1.0)), T0)
    for number in range(20):
        mind.on_packet(T0, packet(SYN, 1, sport=2000 + number))
    assert mind.tally.synacks_late > 10
    refit(mind, parts(tcp=Tcp(answers_per_s_max=0.0)), T0)
    late = mind.tally.synacks_late
    # Those who waited are answered at their moments.
    assert sum(len(outcome.packets) for outcome in wait(mind, T0 + 0.95)) >= late
    mind.on_packet(T0 + 1, packet(SYN, 1, sport=3000))
    assert mind.tally.synacks_late == late


def test_hosts_of_a_plausible_world_come_and_go():
    mind = begun(parts())
    refit(mind, parts(kind="plausible"), T0)
    closed = [n for n in range(1, 200) if said(mind.on_packet(T0, packet(SYN, 1, dport=n)))[:1]]
    answers = [said(mind.on_packet(T0, packet(SYN, 1, dport=n, sport=50000))) for n in closed]
    assert any(seg.flags & RST for segments in answers for seg in segments)
    refit(mind, parts(), T0 + 1)
    assert all(said(mind.on_packet(T0 + 1, packet(SYN, 1, dport=n, sport=60000)))[0].flags & SYN for n in range(1, 200))


def test_the_same_parts_change_nothing_of_the_world():
    made = parts()
    mind = begun(made)
    refit(mind, made, T0)
    assert mind.fit.world is made.world
    assert list(mind.fit.dresses) == list(FACES)
