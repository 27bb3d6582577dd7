"""Classes of bytes: what is in them."""

import re

import pytest

from rawspoof.core.signature.pattern.charsets import ALL, ESCAPES, bracketed, either_case


@pytest.mark.parametrize(
    ("text", "members"),
    [
        (b"abc", b"abc"),
        (b"a-e", b"abcde"),
        (b"-.x", b"-.x"),
        (b"x-", b"-x"),
        (b"\\-a", b"-a"),
        (b"a\\-c", b"-ac"),
        (b"]a", b"]a"),
        (b"\\]\\\\", b"\\]"),
        (b"\\x41-\\x43", b"ABC"),
        (b"\\0\\x01\\2", b"\0\x01\x02"),
        (b"\\x{7f}\\cA", b"\x01\x7f"),
        (b"\\r\\n\\t\\b", b"\b\t\n\r"),
        (b"[:digit:]_", b"0123456789_"),
        (b"\\d-x", b"-0123456789x"),
    ],
)
def test_members(text, members):
    assert sorted(bracketed(text)) == sorted(members)


@pytest.mark.parametrize(
    "text", [b"^\\r\\n", b"^abc", b"^\\w\\s", b"^\\x00-\\x1f", b"\\w._-", b"\\W", b"\\S\\d", b"^^"]
)
def test_members_are_those_that_python_finds_too(text):
    assert bracketed(text) == b"".join(re.findall(b"[" + text + b"]", ALL, re.DOTALL | re.ASCII))


@pytest.mark.parametrize(("text", "why"), [(b"z-a", "falls"), (b"[:nothing:]", "no class"), (b"^\\d\\D", "no byte")])
def test_what_has_no_meaning_is_refused(text, why):
    with pytest.raises(ValueError, match=why):
        bracketed(text)


def test_without_case_both_are_in_and_a_negated_class_has_neither():
    assert bracketed(b"a1", caseless=True) == b"1Aa"
    assert not {ord("a"), ord("A")} & set(bracketed(b"^a", caseless=True))
    assert either_case(b"aB1") == b"aB1Ab"


@pytest.mark.parametrize("letter", "dws")
def test_a_capital_escape_is_the_opposite(letter):
    assert sorted(ESCAPES[ord(letter)] + ESCAPES[ord(letter.upper())]) == list(ALL)
