"""Both ends of the control socket: deeds one way, events the other, and nobody waits for anybody."""

import signal
import socket
from contextlib import contextmanager

import msgspec
import pytest

from rawspoof.config.model import Block, Config, Watch
from rawspoof.core.event import SessionOpened, TripwireTouched
from rawspoof.core.watch.policy import Deed, Policy, Settings
from rawspoof.edges.block.petition import EVENTS, EVENTS_AT_ONCE, Petition, decode, hear, notify, policy, tell
from tests.edges.sinks.samples import BLOCKED, DST, SRC, UNBLOCKED

T0 = 1748788327.0


@contextmanager
def pair():
    supervisor, collector = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with supervisor, collector:
        yield supervisor, collector


class Ears:
    """A keeper that remembers what it heard."""

    def __init__(self):
        self.heard = []

    def hear(self, message):
        self.heard.append(message)


def opened(at=T0, port=23, src=SRC):
    return SessionOpened(at, src, 54312, DST, port, "telnetd", b"")


def test_a_deed_goes_to_the_supervisor_and_an_alert_to_the_sinks():
    with pair() as (supervisor, collector):
        petition = Petition(Policy(Settings(tripwires=frozenset({23}))), collector)
        assert petition([opened(), opened(port=80)]) == [TripwireTouched(T0, SRC, 54312, DST, 23, "telnetd")]
        ears = Ears()
        hear(supervisor, ears)
        (message,) = ears.heard
        assert msgspec.msgpack.decode(message, type=Deed) == Deed(T0, SRC, 54312, DST, 23, "tripwire")


def test_a_supervisor_without_time_keeps_nobody_waiting(caplog):
    with pair() as (_, collector):
        petition = Petition(Policy(Settings(connections_min=1)), collector)
        for number in range(5000):
            petition([opened(src=bytes([198, 18, number >> 8, number & 255]))])
    assert "deeds that the supervisor had no time for: 1000 so far" in caplog.text


def test_events_come_back_as_they_were():
    with pair() as (supervisor, collector):
        events = [BLOCKED, UNBLOCKED] * EVENTS_AT_ONCE
        assert tell(supervisor, events) == 0
        got = [collector.recv(1 << 17) for _ in range(2)]
        assert all(message.startswith(EVENTS) for message in got)
        assert [event for message in got for event in decode(message)] == events


def test_a_collector_that_reads_nothing_or_is_gone_loses_events_and_they_are_counted():
    with pair() as (supervisor, collector):
        lost = tell(supervisor, [BLOCKED] * 100_000)
        assert 0 < lost < 100_000
        collector.close()
        assert tell(supervisor, [BLOCKED]) == 1
        hear(supervisor, Ears())


@pytest.mark.parametrize("message", [b"e", b"exxx", b"w", b""])
def test_what_is_no_message_of_events_is_an_error(message):
    with pytest.raises(ValueError, match=r"msgspec|Input|Invalid|Expected|MessagePack"):
        decode(message)


def test_the_supervisor_is_told_by_a_signal():
    with pair() as (supervisor, collector):
        notify(supervisor)
        while signal.sigtimedwait({signal.SIGIO}, 0):
            """One for another socket, of an earlier test."""
        collector.send(b"x")
        assert signal.sigtimedwait({signal.SIGIO}, 5).si_signo == signal.SIGIO


def test_the_policy_is_the_configurations():
    assert policy(Config()) is None
    assert policy(Config(block=Block(tripwire_ports=(23,)))) is not None
    made = policy(Config(block=Block(enabled=True, ports_min=1), watch=Watch(idle_s=9.0)))
    assert made is not None
    assert [deed.reason for deed in made.judge(opened())] == ["ports"]
    alone = policy(Config(block=Block(tripwire_ports=(23,), ports_min=1)))
    assert alone is not None
    assert [type(found) for found in alone.judge(opened())] == [TripwireTouched]
