"""The old generator: what it was seen to make of each construct, mistakes included."""

import re

import pytest

from rawspoof.core.signature.foreign.expander import expand


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (rb"HTTP/1\.[01] 200 OK\r\n", b"HTTP/1.200 OK\r\n"),
        (rb"[abc]X", b""),
        (rb"[abc]?X", b"X"),
        (rb"[abc]{4}X", b"4}X"),
        (rb"[.]+X", b"X"),
        (rb"[\w\s]+X", b"X"),
        (rb"[]]+X", b"+X"),
        (rb"[\]]+X", b"+X"),
        (rb"(?:foo|bar)baz", b"?:foo|barbaz"),
        (rb"foo(bar)?baz", b"foobar?baz"),
        (rb"^abc$", b"^abc$"),
        (rb"(a(b)c)d", b"abcd"),
        (rb"a\(b\)c\*d\.e", b"a(b)c*d.e"),
        (rb"a.", b"a."),
        (rb"a\0b\sc", b"a0bsc"),
        (rb"\x80\x01\x00\x4\xfg", b"\x80\x01\0x4xfg"),
        (rb"a\\b", rb"a\b"),
        (rb"a\\\\b", rb"a\\\b"),
    ],
)
def test_what_is_always_the_same(pattern, text):
    assert expand(pattern, b"seed") == text


@pytest.mark.parametrize(
    ("pattern", "looks"),
    [
        (rb"HTTP/1.0 200", rb"HTTP/1[a-y]0 200"),
        (rb"SSH-([\d.]+)-O_([\w._-]+)!", rb"SSH-\d{1,9}-O_[a-zA-Z]{1,9}!"),
        (rb"[a-z]+X", rb"[a-z]{1,9}X"),
        (rb"[a-zA-Z0-9]*X", rb"[a-zZ0-9-]{0,9}X"),
        (rb"[^\r\n]+", rb"[\x00-\xfe]{0,9}"),
        (rb"[\x00\x01]+X", rb"[01x]{1,9}X"),
        (rb"x\w+yz", rb"x[a-y]z"),
        (rb"x\d{3}y", rb"x\d\{3\}y"),
        (rb"a.+b.*c", rb"a[a-y]b[a-y]c"),
    ],
)
def test_what_is_drawn(pattern, looks):
    texts = {expand(pattern, bytes([n])) for n in range(30)}
    assert len(texts) > 5
    assert all(re.fullmatch(looks, text, re.DOTALL) for text in texts)


def test_the_seed_decides():
    assert expand(rb"[\w]+", b"a") == expand(rb"[\w]+", b"a")
