"""Likely texts: what stands before a place tells what belongs there."""

import re

import pytest

from rawspoof.core.signature.pattern.chance import Chance
from rawspoof.core.signature.pattern.plausible import HOST, Kind, kind_at, proposals


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (b"SSH-", Kind.SSH),
        (b"HTTP/1.0 ", Kind.STATUS),
        (b"HTTP/1.0 404 ", Kind.REASON),
        (b"220 ", Kind.HOST),
        (b"Welcome to ", Kind.ANY),
        (b"HTTP/1.0 200 OK\r\nServer: Foo/", Kind.VERSION),
        (b"220 x FTP server (Version ", Kind.VERSION),
        (b"Date: ", Kind.DATE),
        (b"Content-Length: ", Kind.NUMBER),
        (b'realm="', Kind.NAME),
    ],
)
def test_what_stands_before_tells(said, kind):
    assert kind_at(said) is kind


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_proposals_that_follow_from_the_seed(kind):
    first = list(proposals(kind, Chance(b"a")))
    assert first
    assert list(proposals(kind, Chance(b"a"))) == first
    assert all(re.fullmatch(rb"[\x20-\x7e]+", text) for text in first)


def test_a_status_and_its_reason_agree():
    assert next(proposals(Kind.REASON, Chance(b"a"), b"HTTP/1.0 404 ")) == b"Not Found"


def test_a_host_is_the_stand_in():
    assert next(proposals(Kind.HOST, Chance(b"a"))) == HOST
