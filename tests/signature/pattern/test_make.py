"""Making texts: each is matched by its pattern, follows from its seed, and says something likely."""

import re

import pytest
from hypothesis import assume, given

from rawspoof.core.signature.pattern.make import make
from rawspoof.core.signature.pattern.match import Matcher
from rawspoof.core.signature.pattern.parse import Flags, parse
from rawspoof.core.signature.pattern.plausible import Kind
from tests.signature.pattern.dialect import patterns


def made(pattern, seed=b"seed", flags="", **more):
    return make(Matcher(parse(pattern, Flags.parse(flags))), seed, **more)[0]


@given(patterns)
def test_python_matches_what_is_made(pattern):
    source = pattern.encode("latin-1")
    try:
        text = made(source)
    except ValueError:
        # Patterns such as `(?!a)a` match nothing; hypothesis would complain if they were the rule.
        assume(False)
    assert re.search(source, text)


@pytest.mark.parametrize(
    ("pattern", "looks"),
    [
        (rb"^SSH-([\d.]+)-OpenSSH_([\w._-]+)\r\n", rb"SSH-(2\.0|1\.99)-OpenSSH_\d+\.\d+[\d.]*\r\n"),
        (rb"^220 ([-.\w]+) ESMTP\r\n", rb"220 web01\.northgate\.lan ESMTP\r\n"),
        (rb"^HTTP/1\.[01] \d\d\d .*\r\nServer: X\r\n", rb"HTTP/1\.[01] [24]0\d [A-Z][\w ]+\r\nServer: X\r\n\r\n"),
        (rb"^SSH-2.0-dropbear\r\n", rb"SSH-2\.0-dropbear\r\n"),
        (rb"^v\0\d{3}\x80[^\0]\\", rb"v\0\d{3}\x80\w\\"),
        (rb"^HTTP/1\.0 200 OK\r\n.*<title>T", rb"HTTP/1\.0 200 OK\r\n\r\n<title>T"),
        (rb"^id=[A-F\d]{8};", rb"id=[A-F\d]{8};"),
        (rb"^Hello (?:World|Moon)$", rb"Hello (World|Moon)"),
    ],
)
def test_texts_look_as_if_they_were_meant(pattern, looks):
    assert re.fullmatch(looks, made(pattern, flags="s"))


@pytest.mark.parametrize(
    ("pattern", "kind", "looks"),
    [
        (rb"^X ([\w.]+)!", Kind.VERSION, rb"X \d+\.[\d.]+!"),
        (rb"^X (\d\d)!", Kind.VERSION, rb"X \d\d!"),
        (rb"^X ([\w._-]+)!", Kind.HOST, rb"X web01\.northgate\.lan!"),
        (rb"^X (\w+)!", Kind.HOST, rb"X web01!"),
        (rb"^X ((?:[\w.]\0)+)!", Kind.VERSION, rb"X (?:[\d.]\0)+!"),
        (rb"^X(?: v([\d.]+))?!", Kind.VERSION, rb"X v[\d.]+!"),
        (rb"^X(?:a|b|v([\d.]+))!", Kind.VERSION, rb"Xv[\d.]+!"),
    ],
)
def test_a_hint_says_what_a_group_is_for(pattern, kind, looks):
    assert re.fullmatch(looks, made(pattern, hints={1: kind}), re.DOTALL)


def test_the_seed_decides():
    pattern = rb"^v([\d.]+) \w{8}"
    assert made(pattern, b"a") == made(pattern, b"a")
    assert len({made(pattern, bytes([n])) for n in range(20)}) > 15


def test_a_text_that_the_judge_refuses_is_made_anew():
    pattern = rb"(\w)(\d)"
    assert made(pattern, judge=lambda text, groups: "" if groups[2] == b"7" else "no seven")[1:2] == b"7"


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        (rb"^(?!x)x", "never matches a text made from it"),
        (rb"(?:ab){30000}", "65536 bytes or 20000 parts"),
        (rb"(?:(?:a|b){200}){300}", "65536 bytes or 20000 parts"),
        (rb"[ab]{40000}[ab]{30000}", "shortest text"),
        (rb"(a{40000})(\1)", "makes a text of 80000 bytes"),
    ],
)
def test_what_has_no_text_or_too_long_a_one_is_refused(pattern, why):
    with pytest.raises(ValueError, match=why):
        made(pattern)


def test_the_judge_has_the_last_word():
    with pytest.raises(ValueError, match="taken"):
        made(rb"x", judge=lambda text, groups: "taken")
