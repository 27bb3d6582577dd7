"""A dialogue with a service from a file: what is said and when, how it ends, and that chunking never matters."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rawspoof.core.conversation.base import Reply, Request, Then
from rawspoof.core.conversation.dialogue import Dialogue
from rawspoof.core.conversation.framing import REQUEST_MAX, Frame, Part
from rawspoof.core.conversation.speaker import Speaker
from rawspoof.core.conversation.visit import Visit
from rawspoof.core.conversation.which import conversation
from rawspoof.core.signature.frame import Sized
from rawspoof.core.signature.identity import Answer, Identity
from rawspoof.core.signature.template import Template
from rawspoof.core.world import host
from rawspoof.edges.system.signatures import load_catalogue

NOON = 1735732800.0
DELAY_S = 2.0


def answer(when, say, close=False):
    return Answer(re.compile(when.encode()), Template.parse(say), close)


ECHO = (answer("PING", r"PONG\n"), answer("DATE", r"{date}\n"), answer("HUSH", ""), answer("QUIT", r"bye\n", True))


class Talk:
    """A conversation at noon; what was learned lies aside."""

    def __init__(self, identity, delay_s=0.0):
        self._inner = conversation(Visit(identity, delay_s=delay_s))
        self.notes = []

    def _plain(self, reply):
        self.notes += reply.notes
        return reply._replace(notes=())

    def opened(self):
        return self._plain(self._inner.opened(NOON))

    def heard(self, data):
        return self._plain(self._inner.heard(data, NOON))

    def idled(self):
        return self._plain(self._inner.idled(NOON))

    @property
    def patience_s(self):
        return self._inner.patience_s


def talk(greet=None, answers=ECHO, frame="line"):
    return Talk(Identity("t", "t", "T", "1", "any", greet and Template.parse(greet), answers, frame), DELAY_S)


def test_a_greeting_is_due_after_the_delay():
    assert talk("hello\\n").opened() == Reply(b"hello\n", Then.LISTEN, DELAY_S)
    assert talk("hello\\n", answers=()).opened() == Reply(b"hello\n", Then.HOLD, DELAY_S)


def test_a_service_that_waits_and_one_that_never_answers():
    assert talk().opened() == Reply(b"", Then.LISTEN)
    quiet = talk(answers=())
    assert quiet.opened() == quiet.heard(b"PING\n") == quiet.idled() == Reply(b"", Then.HOLD)


def test_answers_show_the_moment_and_are_due_after_the_delay():
    asked = talk()
    asked.opened()
    assert asked.heard(b"DATE\r\n") == Reply(b"Wed, 01 Jan 2025 12:00:00 +0000\n", Then.LISTEN, DELAY_S)


def test_a_service_that_has_greeted_is_awake():
    greeter = talk("hello\\n")
    greeter.opened()
    assert 0 < greeter.heard(b"PING\n").after_s < DELAY_S


def test_only_the_first_answer_is_late():
    asked = talk()
    assert [asked.heard(b"PING\n").after_s for _ in range(3)] == [DELAY_S, 0.0, 0.0]


def test_every_whole_request_is_evidence():
    asked = talk()
    asked.heard(b"PING\nWHAT\nPI")
    assert asked.notes == [Request(b"PING"), Request(b"WHAT")]


def test_nothing_to_say_is_due_at_once():
    assert talk().heard(b"PIN") == Reply(b"", Then.LISTEN)
    assert talk().heard(b"WHAT\n") == Reply(b"", Then.LISTEN)


def test_several_requests_in_one_chunk():
    assert talk().heard(b"PING\nWHAT\nPING\nPI").data == b"PONG\nPONG\n"


def test_nothing_is_said_after_the_end():
    asked = talk()
    assert asked.heard(b"PING\nQUIT\nPING\n") == Reply(b"PONG\nbye\n", Then.CLOSE, DELAY_S)
    assert asked.heard(b"PING\n") == asked.idled() == Reply(b"", Then.CLOSE)


@pytest.mark.parametrize("end", [b"", b"\n"])
def test_a_request_too_long_ends_it(end):
    assert talk().heard(b"PING\n" + b"x" * REQUEST_MAX + b"y" + end) == Reply(b"PONG\n", Then.CLOSE, DELAY_S)
    assert talk().heard(b"x" * (REQUEST_MAX - 1) + b"\n").then is Then.LISTEN


def test_too_many_requests_end_it():
    asked = talk()
    assert asked.heard(b"PING\n" * (Speaker.requests_max - 1)).then is Then.LISTEN
    assert asked.heard(b"PING\n" * 2) == Reply(b"PONG\n", Then.CLOSE)


def test_what_the_request_had_is_said_again():
    echoes = (answer(r"(?s)(?P<id>..)\0(?P<no>x)?", r"{id}!{no}{len8}{<}{id}{>}"),)
    asked = talk(answers=echoes, frame=Sized(plus=3))
    assert asked.heard(b"ab\0{}\0").data == b"ab!\x02ab" + b"{}!\x02{}"


def test_what_cannot_be_cut_into_requests_ends_it():
    asked = talk(answers=(answer("GE", "no\\n"),), frame=Sized(size=2))
    assert asked.heard(b"GET / HTTP/1.0\r\n\r\n") == Reply(b"no\n", Then.CLOSE, DELAY_S)
    assert talk(frame=Sized(size=2)).heard(b"GET") == Reply(b"", Then.CLOSE)


def test_a_request_without_frame_is_as_long_as_its_pattern():
    known = (answer(r"\r\n\r\n", "hi\n"), answer(r"(?s)GET .*?\n\n", "page\n", close=True))
    asked = talk(answers=known, frame="match")
    assert asked.heard(b"\r\n\r") == Reply(b"", Then.LISTEN)
    assert asked.heard(b"\nGET /\n\nx") == Reply(b"hi\npage\n", Then.CLOSE, DELAY_S)
    assert talk(answers=known, frame="match").heard(b"HELP\r\n\r\n") == Reply(b"", Then.LISTEN)


def test_who_was_served_and_idles_is_left_and_who_never_asked_is_held():
    served, greeted, unheard = talk(), talk("hello\\n"), talk()
    served.heard(b"PING\n")
    greeted.opened()
    unheard.heard(b"WHAT\nPI")
    assert served.idled() == Reply(b"", Then.CLOSE)
    assert greeted.idled() == unheard.idled() == Reply(b"", Then.HOLD)
    assert greeted.heard(b"PING\n").data == b"PONG\n"


class Patient(Speaker):
    patience_s = 120.0


def test_a_served_peer_may_be_quiet_for_as_long_as_its_service_lets_it():
    talk = Dialogue(Patient(Visit(Identity("t", "t", "T", "1", "any", None, ECHO, "line"))))
    assert talk.patience_s is None
    talk.heard(b"PING\n", NOON)
    assert talk.patience_s == 120.0


class Slow(Speaker):
    """Says `wait`, then by itself `done`; whatever it is asked meanwhile it answers after that."""

    def answer(self, request, at):
        return Reply(b"wait ", Then.MORE) if request == b"SLOW" else Reply(b"quick ", Then.LISTEN)

    def more(self, at):
        return Reply(b"done ", Then.LISTEN, 0.5)

    def overlong(self, at):
        return b"too long"

    def timeout(self, at):
        return b"bye"


def test_what_is_asked_while_more_is_to_come_waits_for_it():
    talk = Dialogue(Slow(Visit(Identity("t", "t", "T", "1", "any", None, (), "line"))))
    assert talk.heard(b"SLOW\nNEXT\n", NOON)[:2] == (b"wait ", Then.MORE)
    assert talk.heard(b"LAST\n", NOON)[:2] == (b"", Then.MORE)
    assert talk.idled(NOON)[:3] == (b"done quick quick ", Then.LISTEN, 0.5)
    assert talk.idled(NOON)[:2] == (b"bye", Then.CLOSE)


def test_a_speaker_has_last_words_for_a_request_without_end():
    talk = Dialogue(Slow(Visit(Identity("t", "t", "T", "1", "any", None, (), "line"))))
    assert talk.heard(b"x" * (REQUEST_MAX + 1), NOON)[:2] == (b"too long", Then.CLOSE)


CATALOGUE, _ = load_catalogue(())
AT = host.facts(bytes(range(32)), bytes(4), 80, b"seed")
IDENTITIES = [s.identity(v, 0, AT) for s in CATALOGUE.services.values() for v in s.varieties]

ASKED = (
    b"GET / HTTP/1.0\r\n\r\n",
    b"HEAD /x HTTP/1.1\r\nHost: h\r\n\r\n",
    b"OPTIONS / RTSP/1.0\r\n\r\n",
    b"HELP\r\n",
    b"EHLO x\r\n",
    b"USER a\r\n",
    b"PASS b\r\n",
    b"QUIT\r\n",
    b"\r\n",
    b"\n\n",
    b"*1\r\n$4\r\ninfo\r\n",
    b"stats\r\n",
    b"\x16\x03\x01\x02\x00\x01\n",
    b"RFB 003.008\n",
    b"\xff\xfb\x18root\r\n",
    b"\x80\0\0\x28\x72\xfe\x1d\x13\0\0\0\0\0\0\0\x02\0\x01\x86\xa0" + bytes(24),
    b"\0\x1e\0\x06\x01\0\0\x01\0\0\0\0\0\0\x07version\x04bind\0\0\x10\0\x03",
    b"0\x0c\x02\x01\x01`\x07\x02\x01\x02\x04\0\x80\0",
    b"HELP\n\n\0",
    b"x" * 5000,
    b"y" * 12000,
)
SPEECH = st.lists(st.sampled_from(ASKED) | st.binary(max_size=6), max_size=8).map(b"".join)


def spoken(identity, chunks):
    asked = Talk(identity)
    replies = [asked.opened(), *(asked.heard(chunk) for chunk in chunks)]
    return b"".join(r.data for r in replies), replies[-1].then, asked.idled().then


class Echo(Speaker):
    """Says each octet again as it comes; a line feed ends a request."""

    requests_max = 2

    def frame(self, heard):
        return (Frame if heard[:1] == b"\n" else Part)(bytes(heard[:1]), 1)

    def answer(self, request, at):
        return Reply(b"!", Then.LISTEN)

    def typed(self, part, at):
        return Reply(part, Then.LISTEN)


def test_parts_are_answered_but_are_no_requests():
    echo = Dialogue(Echo(Visit(Identity("t", "t", "T", "1", "any", None, (), "line"))))
    assert echo.heard(b"abc", NOON) == Reply(b"abc", Then.LISTEN)
    assert echo.heard(b"d\ne\nf", NOON) == Reply(b"d!e!", Then.CLOSE, 0.0, (Request(b"\n"), Request(b"\n")))


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(IDENTITIES), SPEECH, st.integers(1, 2000))
def test_chunking_does_not_matter(identity, speech, size):
    whole = spoken(identity, [speech])
    assert spoken(identity, [speech[i : i + size] for i in range(0, len(speech), size)] or [b""]) == whole


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(IDENTITIES), SPEECH.map(lambda s: s[:3000]))
def test_byte_by_byte_is_as_at_once(identity, speech):
    assert spoken(identity, [speech[i : i + 1] for i in range(len(speech))] or [b""]) == spoken(identity, [speech])
