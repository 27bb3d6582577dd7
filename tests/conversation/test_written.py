"""Answers from a file: the first that matches, and apart from them the one for everything else."""

import re

from rawspoof.core.conversation.base import Reply, Then
from rawspoof.core.conversation.written import otherwise, written
from rawspoof.core.signature.identity import Answer, Identity
from rawspoof.core.signature.template import Template


def identity(*answers):
    said = tuple(Answer(re.compile(when), Template.parse(say), close) for when, say, close in answers)
    return Identity("t", "t", "T", "1", "any", None, said, "line")


KNOWS = identity((b"USER (?P<who>.*)", "331 {who}?", False), (b"QUIT", "221", True), (b"", "500", False))


def test_the_first_match_is_said_with_what_the_request_had():
    assert written(KNOWS, b"USER root", 0.0) == Reply(b"331 root?", Then.LISTEN)
    assert written(KNOWS, b"QUIT", 0.0) == Reply(b"221", Then.CLOSE)


def test_the_answer_to_everything_else_stands_apart():
    assert written(KNOWS, b"HELP", 0.0) is None
    assert otherwise(KNOWS, 0.0) == Reply(b"500", Then.LISTEN)
    assert otherwise(identity((b"QUIT", "221", True)), 0.0) is None
