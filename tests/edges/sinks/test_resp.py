"""What Redis is told and says; whatever else comes is garbage and nothing worse."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rawspoof.edges.sinks.resp import Refusal, answer, command
from rawspoof.edges.sinks.stream import Garbage


class Said:
    """A stream of which everything was already read."""

    def __init__(self, data):
        self.data = data

    def line(self):
        if b"\n" not in self.data:
            raise ConnectionResetError
        line, _, self.data = self.data.partition(b"\n")
        return line.removesuffix(b"\r")

    def exactly(self, size):
        if size > len(self.data):
            raise ConnectionResetError
        data, self.data = self.data[:size], self.data[size:]
        return data


def test_a_command_has_every_byte_counted():
    assert command("SET", "ä", b"\r\n\xff") == b"*3\r\n$3\r\nSET\r\n$2\r\n\xc3\xa4\r\n$3\r\n\r\n\xff\r\n"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (b"+OK\r\n", "OK"),
        (b":-7\r\n", -7),
        (b"$4\r\na\r\nb\r\n", b"a\r\nb"),
        (b"$-1\r\n", None),
        (b"*-1\r\n", None),
        (b"*2\r\n*1\r\n:1\r\n$0\r\n\r\n", [[1], b""]),
    ],
)
def test_answers(said, expected):
    stream = Said(said + b"+next\r\n")
    assert answer(stream) == expected
    assert answer(stream) == "next"


def test_a_refusal_is_given_and_stands_beside_others():
    one, two = answer(Said(b"*2\r\n-ERR no \xff\r\n:1\r\n"))
    assert isinstance(one, Refusal)
    assert (str(one), two) == ("ERR no �", 1)


@pytest.mark.parametrize("said", [b"HTTP/1.1 400\r\n", b"\r\n", b":x\r\n", b"$x\r\n", b"*9999\r\n", b"*1\r\n" * 9])
def test_garbage(said):
    with pytest.raises(Garbage):
        answer(Said(said))


@given(
    st.lists(st.sampled_from([b"*2\r\n", b":1\r\n", b"$3\r\n", b"abc\r\n", b"-E\r\n", b"\xff", b"\r\n"])).map(b"".join)
)
def test_whatever_comes_is_an_answer_or_an_error(said):
    with suppress(Garbage, ConnectionResetError):
        answer(Said(said))
