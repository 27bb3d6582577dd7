"""Every shape makes bytes of a plain fact."""

import pytest

from rawspoof.core.signature.shapes import SHAPES


@pytest.mark.parametrize(
    ("shape", "fact", "shaped"),
    [
        ("upper", b"web01", b"WEB01"),
        ("utf16", b"ab", b"a\0b\0"),
        ("utf16be", b"ab", b"\0a\0b"),
        ("dn", b"a.b", b"DC=a,DC=b"),
        ("pascal", b"abc", b"\3abc"),
        ("pascal", b"ab", b"\2ab\0"),
        ("label", b"a.b.lan", b"a"),
        ("hex", b"\xfe1", b"fe31"),
        ("bin", b"fe31", b"\xfe1"),
        ("zeros", b"3", b"\0\0\0"),
        ("u8", b"258", b"\x02"),
        ("u16", b"258", b"\x01\x02"),
        ("u32", b"258", b"\0\0\x01\x02"),
        ("u16le", b"258", b"\x02\x01"),
        ("u32le", b"258", b"\x02\x01\0\0"),
    ],
)
def test_a_shape(shape, fact, shaped):
    assert SHAPES[shape](fact) == shaped
