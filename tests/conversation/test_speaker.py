"""The plain speaker says what its file has, and nothing where it has nothing."""

import re

from rawspoof.core.conversation.base import Reply, Then
from rawspoof.core.conversation.speaker import Speaker
from rawspoof.core.conversation.visit import Visit
from rawspoof.core.signature.identity import Answer, Identity
from rawspoof.core.signature.template import Template


def answer(when, say, close):
    return Answer(re.compile(when), Template.parse(say), close)


SAYS = Speaker(
    Visit(
        Identity(
            "t", "t", "T", "1", "any", Template.parse("220 {date}"),
            (answer(b"PING", "PONG", False), answer(b"", "?", True)),
            "nul",
        )
    )
)  # fmt: skip


def test_it_greets_frames_and_answers_as_its_file_says():
    assert SAYS.greet(0.0) == b"220 Thu, 01 Jan 1970 00:00:00 +0000"
    assert SAYS.frame(bytearray(b"PING\0rest")) == (b"PING", 5, False)
    assert SAYS.answer(b"PING", 0.0) == Reply(b"PONG", Then.LISTEN)
    assert SAYS.answer(b"what", 0.0) == Reply(b"?", Then.CLOSE)


def test_it_has_no_words_of_its_own():
    mute = Speaker(Visit(Identity("t", "t", "T", "1", "any", None, (), "line")))
    assert (mute.greet(0.0), mute.answer(b"x", 0.0), mute.typed(b"x", 0.0)) == (b"", None, None)
    assert (mute.overlong(0.0), mute.timeout(0.0), mute.more(0.0)) == (b"", b"", Reply(b"", Then.LISTEN))
