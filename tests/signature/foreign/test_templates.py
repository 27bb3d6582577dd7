"""Templates: what nmap would print, and what they tell of the groups they name."""

import pytest

from rawspoof.core.signature.foreign.templates import fill, hints
from rawspoof.core.signature.pattern.plausible import Kind

GROUPS = [b"all", b"2_4_1", b"W\0O\0R\0K\0", b"\x01\x02", None, b"a\0b", b"  tail , "]


@pytest.mark.parametrize(
    ("template", "printed"),
    [
        ("plain", "plain"),
        ("Foo $1 httpd", "Foo 2_4_1 httpd"),
        ('$SUBST(1,"_",".")', "2.4.1"),
        ("$P(2)", "WORK"),
        ('$I(3,">")', "258"),
        ('$I(3,"<")', "513"),
        ("$5", "a"),
        ("$6", "  tail"),
        ("$4", None),
        ("$9", None),
        ("x" * 79, None),
        ("x" * 78, "x" * 78),
    ],
)
def test_what_is_printed(template, printed):
    assert fill("p", template, GROUPS) == printed


def test_limits_are_those_of_the_field():
    assert fill("i", "x" * 200, GROUPS)
    assert fill("o", "x" * 40, GROUPS) is None


def test_groups_are_for_what_names_them():
    templates = {"p": "Foo $1", "v": "$2.$1", "h": "$P(3)", "i": 'realm $4, $I(5,">")', "cpe:a": "a:foo:$6"}
    told = {1: Kind.VERSION, 2: Kind.VERSION, 3: Kind.HOST, 4: Kind.ANY, 6: Kind.ANY}
    assert hints(templates) == told
