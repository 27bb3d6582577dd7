"""What protocols of lines share: words of a file take the place of the defaults, refusals come late and end."""

from typing import ClassVar

import pytest

from rawspoof.core.conversation.base import Credential, Reply, Then
from rawspoof.core.conversation.lines import Lines, without
from rawspoof.core.conversation.visit import Visit
from rawspoof.core.signature.identity import Identity
from rawspoof.core.signature.template import Later, Template
from tests.conversation.talks import NOON, PEER

NO = Credential("PASS", b"a", b"b")


class Plain(Lines):
    texts: ClassVar = {"no": b"no\n", "refused_after_s": b"1 2.5", "attempts_max": b"3", "bad": b"what?\n"}


def speaker(**words):
    said = {name: Later(Template.parse(text), {}) for name, text in words.items()}
    return Plain(Visit(Identity("t", "t", "T", "1", "any", None, (), "line", words=said), PEER))


def test_words_of_the_file_come_before_the_defaults():
    assert speaker().tell("no", NOON) == Reply(b"no\n", Then.LISTEN)
    assert speaker(no="never\\n").tell("no", NOON).data == b"never\n"
    assert speaker(no="%s, never\\n").fill("no", NOON, b"%s").data == b"%s, never\n"
    assert speaker().unknown(b"?", NOON).data == b"what?\n"


@pytest.mark.parametrize(("text", "numbers"), [("3", [3.0]), ("1 2.25 9", [1.0, 2.25, 9.0]), ("soon", [1.0, 2.5])])
def test_words_that_are_numbers(text, numbers):
    assert speaker(refused_after_s=text).numbers("refused_after_s", NOON) == numbers
    assert speaker().numbers("unheard_of", NOON) == [0.0]


def test_each_refusal_is_as_late_as_the_list_says_and_the_last_ends():
    spoken = speaker(attempts_over="enough\\n")
    replies = [spoken.refuse(spoken.tell("no", NOON), NO, NOON) for _ in range(3)]
    assert [reply.after_s for reply in replies] == [1.0, 2.5, 2.5]
    assert [reply.data for reply in replies] == [b"no\n", b"no\n", b"enough\n"]
    assert [reply.then for reply in replies] == [Then.LISTEN, Then.LISTEN, Then.CLOSE]
    assert {reply.notes for reply in replies} == {(NO,)}


def test_no_refusal_takes_longer_than_anybody_waits():
    spoken = speaker(refused_after_s="999999")
    assert spoken.refuse(spoken.tell("no", NOON), NO, NOON).after_s == 30.0


@pytest.mark.parametrize(
    ("listed", "left"),
    [
        (b"250-me\r\n250-STARTTLS\r\n250 HELP\r\n", b"250-me\r\n250 HELP\r\n"),
        (b"250-me\r\n250-HELP\r\n250 STARTTLS\r\n", b"250-me\r\n250 HELP\r\n"),
        (b"+OK\r\nUSER\r\nSTARTTLS\r\n.\r\n", b"+OK\r\nUSER\r\n.\r\n"),
        (b"250 me\r\n", b"250 me\r\n"),
        (b"", b""),
    ],
)
def test_a_capability_is_taken_out_of_a_list(listed, left):
    assert without(listed, b"STARTTLS") == left


def test_the_peer_has_an_address():
    assert speaker().peer() == b"192.0.2.7"
