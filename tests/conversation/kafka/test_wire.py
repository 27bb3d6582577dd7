"""Kafka's encoding, old and flexible."""

from rawspoof.core.conversation.cursor import Cursor
from rawspoof.core.conversation.kafka.wire import Writer, octets, parse, tags, varint

HEAD = b"\0\x12\0\3\0\0\0\7"


def test_headers_with_and_without_tags():
    old = parse(HEAD + b"\0\2me" + b"rest", {})
    assert (old.key, old.version, old.correlation, old.read.left) == (18, 3, b"\0\0\0\7", 4)
    new = parse(HEAD + b"\xff\xff" + b"\1\5\2xx" + b"rest", {18: 3})
    assert new.read.take(4) == b"rest"
    assert parse(HEAD, {}) is parse(HEAD + b"\0\5me", {}) is parse(HEAD + b"\xff\xf0", {}) is None


def test_tags_end():
    read = Cursor(b"\xff\xff\xff\x7f" + b"\0" * 9)
    tags(read)
    assert read.left <= 9


def test_texts_arrays_and_bytes():
    old, new = Writer(False), Writer(True)
    assert (old.text(b"ab"), new.text(b"ab")) == (b"\0\2ab", b"\3ab")
    assert (old.text(None), new.text(None)) == (b"\xff\xff", b"\0")
    assert (old.array([b"x", b"y"]), new.array([b"x", b"y"])) == (b"\0\0\0\2xy", b"\3xy")
    assert (old.octets(b"z"), new.octets(b"z"), old.end, new.end) == (b"\0\0\0\1z", b"\2z", b"", b"\0")
    assert [octets(Cursor(w.octets(b"z")), w.flexible) for w in (old, new)] == [b"z", b"z"]
    assert octets(Cursor(b"\xff\xff\xff\xff"), False) == b""


def test_varints():
    assert [varint(n) for n in (0, 127, 128, 300)] == [b"\0", b"\x7f", b"\x80\1", b"\xac\2"]
