"""Commands as clients send them, as people type them, and what is neither."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rawspoof.core.conversation.redis.resp import Command, parse


def array(*words):
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%b\r\n" % (len(w), w) for w in words)


@given(st.lists(st.binary(max_size=20), max_size=9), st.binary(max_size=9))
def test_what_is_written_is_read(words, rest):
    sent = array(*words)
    assert parse(sent + rest, True) == Command(tuple(words), len(sent))
    assert [parse(sent[:n], True) for n in range(1, len(sent))] == [None] * (len(sent) - 1)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b"PING\r\n", (b"PING",)),
        (b"  set  a   b \n", (b"set", b"a", b"b")),
        (b"\r\n", ()),
        (rb'set "a b\n\x41\"" ' + b"'c\\'d'\n", (b"set", b'a b\nA"', b"c'd")),
        (b'auth ""\n', (b"auth", b"")),
    ],
)
def test_lines_are_split_as_a_shell_splits(line, words):
    assert parse(line, True) == Command(words, len(line))


@pytest.mark.parametrize(
    ("heard", "strict", "fault"),
    [
        (b"*x\r\n", False, b"invalid multibulk length"),
        (b"*2147483648\r\n", False, b"invalid multibulk length"),
        (b"*" + b"9" * 100 + b"\r\n", False, b"invalid multibulk length"),
        (b"*11\r\n", True, b"unauthenticated multibulk length"),
        (b"*1\r\n:5\r\n", False, b"expected '$', got ':'"),
        (b"*1\r\n$-1\r\n", False, b"invalid bulk length"),
        (b"*1\r\n$536870913\r\n", False, b"invalid bulk length"),
        (b"*1\r\n$16385\r\n", True, b"unauthenticated bulk length"),
        (b'get "a\n', False, b"unbalanced quotes in request"),
        (b'get "a"b\n', False, b"unbalanced quotes in request"),
    ],
)
def test_what_is_no_command_has_a_fault(heard, strict, fault):
    found = parse(heard, strict)
    assert found is not None
    assert (found.words, found.fault) == ((), fault)


def test_nothing_is_asked_by_an_empty_array():
    assert parse(b"*0\r\n", True) == parse(b"*-1\r\n", True)._replace(taken=4) == Command((), 4)
    assert parse(b"*11\r\n$", False) is None
    assert parse(b"*1\r\n$20000\r\n", False) is None
