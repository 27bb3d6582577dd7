"""Proven connections, seen through a sensor: who is known again, what is kept of them, what each ending is called."""

import pytest

from rawspoof.core.event import CLOSE_REASONS, AnyEvent, SessionClosed, SessionOpened
from rawspoof.core.sensor import Sensor
from rawspoof.core.tcp.handshake import ERA_S
from rawspoof.core.wire.segment import ACK, FIN, PSH, RST, SYN
from rawspoof.core.world.profile import Hold, Profile
from tests.peers import SILENT, T0, exactly, packet, profile, said, sensor, wait

BANNER = profile(r"hello\r\n")
ECHO = profile(answers={"HI": r"hi\r\n"})
SAID = 7


class Client:
    """A peer with IRS 100, whose connection is open."""

    def __init__(self, everywhere: Profile = SILENT, at: float = T0, **how: int) -> None:
        self.mind: Sensor = sensor(everywhere, **how)
        self.iss = said(self.mind.on_packet(at, packet(SYN, 100, options=b"\2\4\5\xb4")))[0].seq
        self.events: list[AnyEvent] = []
        self.say(at, ACK, 1, 1)

    def say(self, at: float, flags: int, seq: int, ack: int, data: bytes = b"") -> list[tuple[int, int, int]]:
        """Send a segment with relative numbers; flags, SEQ and ACK of what comes back, relative too."""
        outcome = self.mind.on_packet(at, packet(flags, 100 + seq, self.iss + ack, data))
        self.events += outcome.events
        return self._relative(said(outcome))

    def wait(self, until: float) -> list[tuple[int, int, int]]:
        outcomes = wait(self.mind, until)
        for outcome in outcomes:
            self.events += outcome.events
        return self._relative(said(outcomes))

    def _relative(self, segments: list) -> list[tuple[int, int, int]]:
        return [(seg.flags, (seg.seq - self.iss) & 0xFFFFFFFF, seg.ack and seg.ack - 100) for seg in segments]

    @property
    def reasons(self) -> list[str]:
        return [event.reason for event in self.events if isinstance(event, SessionClosed)]

    @property
    def kept(self) -> tuple[int, int]:
        return len(self.mind.flows), len(self.mind.holds)


def test_a_connection_is_known_by_its_greeting_and_by_nothing_else() -> None:
    client = Client(BANNER)
    client.say(T0, ACK, 1, 1 + SAID)
    assert client.kept == (0, 0)
    assert client.say(T0 + 1000, ACK, 0, 1 + SAID) == [(ACK, 1 + SAID, 1)]
    for octets in (SAID - 1, SAID + 1):
        assert client.say(T0 + 1000, ACK, 0, 1 + octets) == [(RST, 1 + octets, 0)]


def test_a_late_acknowledgment_of_a_part_is_no_strangers() -> None:
    client = Client(profile("g" * 3000))
    assert client.say(T0 + 1, ACK, 1, 3001) == []
    assert client.say(T0 + 2, ACK, 1, 1461) == []
    assert client.say(T0 + 3, ACK, 0, 3001) == [(ACK, 3001, 1)]


@pytest.mark.parametrize(("age_s", "known"), [(ERA_S, True), (2 * ERA_S, False)])
def test_a_held_connection_is_known_for_an_era_and_more(age_s: float, known: bool) -> None:
    client = Client()
    answer = (ACK, 1, 1) if known else (RST, 1, 0)
    assert client.say(T0 + age_s, ACK, 0, 1) == [answer]


def test_who_refuses_with_its_first_ack_was_never_there() -> None:
    mind = sensor(BANNER)
    iss = said(mind.on_packet(T0, packet(SYN, 100)))[0].seq
    outcome = mind.on_packet(T0, packet(RST | ACK, 101, iss + 1))
    assert (outcome.packets, outcome.events) == ([], [])
    assert [type(e) for e in mind.on_packet(T0, packet(ACK, 101, iss + 1)).events] == [SessionOpened]


def test_a_keep_alive_completes_a_handshake_whose_ack_was_lost() -> None:
    mind = sensor()
    iss = said(mind.on_packet(T0, packet(SYN, 100)))[0].seq
    outcome = mind.on_packet(T0 + 60, packet(ACK, 100, iss + 1, b"\0"))
    assert [type(event) for event in outcome.events] == [SessionOpened]
    assert [(seg.flags, seg.ack) for seg in said(outcome)] == [(ACK, 101)]


def test_a_talk_that_idles_unasked_is_put_aside_and_taken_up_again() -> None:
    client = Client(ECHO, idle_s=5)
    assert client.kept == (1, 0)
    client.wait(T0 + 6)
    assert client.kept == (0, 0)
    assert client.say(T0 + 500, ACK | PSH, 1, 1, b"HI\n") == [(ACK | PSH, 1, 4)]
    assert client.kept == (1, 0)


def test_idling_counts_from_the_last_word() -> None:
    client = Client(ECHO, idle_s=5)
    for at in range(1, 20):
        client.say(T0 + at, ACK | PSH, at, 1, b".")
        client.wait(T0 + at + 0.9)
        assert client.kept == (1, 0)
    client.wait(T0 + 19 + 4.9)
    assert client.kept == (1, 0)
    client.wait(T0 + 19 + 5.1)
    assert client.kept == (0, 1)


def test_replies_that_come_together_wait_for_the_first_ones_moment() -> None:
    client = Client(ECHO._replace(delay_s=exactly(1.0)))
    assert client.say(T0 + 1, ACK | PSH, 1, 1, b"HI\n") == [(ACK, 1, 4)]
    assert client.say(T0 + 1.5, ACK | PSH, 4, 1, b"HI\n") == [(ACK, 1, 7)]
    assert client.wait(T0 + 1.9) == []
    assert client.wait(T0 + 2.1) == [(ACK | PSH, 1, 7)]
    assert client.say(T0 + 2.2, ACK, 7, 9) == []


def test_every_ending_by_its_name() -> None:
    reset = Client(BANNER)
    reset.say(T0, RST, 1, 0)
    left = Client(BANNER)
    left.say(T0, ACK | FIN, 1, 1 + SAID)
    left.say(T0, ACK, 2, 2 + SAID)
    over = Client(profile(hold=Hold.TIMED, hold_s=exactly(9.0)))
    over.wait(T0 + 9.1)
    over.say(T0 + 10, ACK | FIN, 1, 2)
    silent = Client(BANNER)
    silent.wait(T0 + 1000)
    done = Client(profile(answers={"BYE": "bye"}, close=True))
    done.say(T0, ACK | PSH, 1, 1, b"BYE\n")
    done.say(T0, ACK | FIN, 5, 5)
    crowded = Client(BANNER, flows_max=1)
    iss = said(crowded.mind.on_packet(T0, packet(SYN, 5, sport=9)))[0].seq
    crowded.events += crowded.mind.on_packet(T0, packet(ACK, 6, iss + 1, sport=9)).events
    told = [client.reasons for client in (left, reset, over, done, silent, crowded)]
    assert told == [[reason] for reason in CLOSE_REASONS]


def test_a_hold_that_its_peer_ends_is_the_peers_end() -> None:
    client = Client(profile(hold=Hold.TIMED, hold_s=exactly(100.0)))
    assert client.kept == (0, 1)
    client.say(T0 + 5, ACK | FIN, 1, 1)
    client.say(T0 + 5, ACK, 2, 2)
    assert client.reasons == ["peer-fin"]
    assert client.wait(T0 + 1000) == []
    assert client.kept == (0, 0)


def test_a_connection_that_ended_is_unknown() -> None:
    client = Client(BANNER)
    client.say(T0, ACK | FIN, 1, 1 + SAID)
    client.say(T0, ACK, 2, 2 + SAID)
    assert client.say(T0 + 1, ACK, 2, 2 + SAID) == [(RST, 2 + SAID, 0)]


def test_a_conversation_that_says_too_much_is_cut_and_counted() -> None:
    client = Client(profile(answers={"HI": "x" * 40_000}))
    client.say(T0, ACK | PSH, 1, 1, b"HI\nHI\n")
    assert client.mind.tally.octets_cut == 80_000 - 65_536
