"""Reading patterns: what each construct means, and what is refused with which reason."""

import pytest

from rawspoof.core.signature.pattern.parse import Flags, parse
from rawspoof.core.signature.pattern.tree import (
    UNBOUNDED,
    Atomic,
    Back,
    Choice,
    Edge,
    Group,
    Look,
    OneOf,
    Repeat,
    Series,
    Text,
)


@pytest.mark.parametrize(
    ("text", "data"),
    [
        (b"plain text", b"plain text"),
        (b"\\x41\\0\\x{42}\\r\\n\\t\\a\\e", b"A\0B\r\n\t\a\x1b"),
        (b'\\.\\*\\(\\[\\{\\/\\"', b'.*([{/"'),
        (b"\\Q.*[\\Ex", b".*[x"),
        (b"a{b}c{,3}", b"a{b}c{,3}"),
        (b"]}", b"]}"),
        (b"\\x4", b"\x04"),
        (b"\\012\\cZ\\i", b"\n\x1ai"),
        (b"\\15", b"\r"),
        (b"a(?#remark)b", b"ab"),
        ("é".encode("latin-1"), b"\xe9"),
    ],
)
def test_literals(text, data):
    assert parse(text).root == Text(data)


@pytest.mark.parametrize(
    ("text", "node"),
    [
        (b"\\d+", Repeat(OneOf(b"0123456789"), 1, UNBOUNDED, True)),
        (b"a??", Repeat(OneOf(b"a"), 0, 1, False)),
        (b"a{2,}+", Atomic(Repeat(OneOf(b"a"), 2, UNBOUNDED, True))),
        (b"(?:ab){3}", Repeat(Text(b"ab"), 3, 3, True)),
        (b"ab*", Series((Text(b"a"), Repeat(OneOf(b"b"), 0, UNBOUNDED, True)))),
        (b"(a)\\1", Series((Group(1, Text(b"a")), Back(1)))),
        (b"(a)\\g{-1}", Series((Group(1, Text(b"a")), Back(1)))),
        (b"(?P<x>a)(?P=x)", Series((Group(1, Text(b"a")), Back(1)))),
        (b"a|b|", Choice((Text(b"a"), Text(b"b"), Series(())))),
        (b"^\\Ax\\z$", Series((Edge.START, Edge.START, Text(b"x"), Edge.VERY_END, Edge.END))),
        (b"(?=a)(?<!b)", Series((Look(Text(b"a"), True, True), Look(Text(b"b"), False, False)))),
        (b"(?>a)", Atomic(Text(b"a"))),
        (b"...", Repeat(parse(b".").root, 3, 3, True)),
    ],
)
def test_structure(text, node):
    assert parse(text).root == node


def test_flags_reach_as_far_as_they_should():
    assert parse(b"a", Flags.parse("i")).root == OneOf(b"aA")
    assert parse(b"(?i)a(?-i)b").root == Series((OneOf(b"aA"), Text(b"b")))
    assert parse(b"(?i:a)b").root == Series((OneOf(b"aA"), Text(b"b")))
    assert parse(b"(?:(?i)a)b").root == Series((OneOf(b"aA"), Text(b"b")))
    assert parse(b"(?m)^a$").root == Series((Edge.LINE_START, Text(b"a"), Edge.LINE_END))


def test_a_dot_means_a_newline_only_if_it_is_told_to():
    assert b"\n" not in parse(b".").root.members
    assert len(parse(b".", Flags.parse("s")).root.members) == 256


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"*a", "`[*]` has nothing to repeat"),
        (b"(?:a|*)", "nothing to repeat"),
        (b"(a*)*{9999}", "`[{]9999}` has nothing to repeat"),
        (b"a{3,2}", "has to climb"),
        (b"a{70000}", "65535"),
        (b"(?:a{1000}){1000}", "shortest text that it matches has 1000000 bytes"),
        (b"(a", "never closed"),
        (b"a)", "closes nothing"),
        (b"[a", "no closing bracket"),
        (b"a\\", "last backslash"),
        (b"(?R)", "flag `R`"),
        (b"(?(1)a)", "`[(][?][(]` is not understood"),
        (b"\\pL", "is not understood"),
        (b"\\2(a)", "group that is not there"),
        (b"\\k<no>", "no group `no`"),
        (b"(?<=a*)b", "look-behind without bound"),
        (b"(" * 50 + b")" * 50, "nest more than"),
        (b"a" * 9000, "8192 are the most"),
        (b"[z-a]", "falls"),
    ],
)
def test_what_is_not_understood_or_explodes_is_refused(text, why):
    with pytest.raises(ValueError, match=why):
        parse(text)


def test_an_unknown_flag_is_refused():
    with pytest.raises(ValueError, match="flag `x`"):
        Flags.parse("sx")
