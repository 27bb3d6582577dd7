"""The client's first line: where servers stop reading, and what they take for SSH."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rawspoof.core.conversation.ssh.ident import LINE_MAX, OLD_LINE_MAX, cut, major, scanner


@pytest.mark.parametrize(
    ("line", "version"),
    [
        (b"SSH-2.0-OpenSSH_9.2p1 Debian-2", 2), (b"SSH-1.99-x", 2), (b"SSH-1.5-x", 1), (b"SSH-3.0-x", 3),
        (b"SSH- 2. 0-x", 2), (b"SSH-2.0-", None), (b"SSH-2.0", None), (b"GET / HTTP/1.0", None), (b"", None),
    ],
)  # fmt: skip
def test_versions(line, version):
    assert major(line) == version


def test_scanners_that_openssh_knows():
    assert scanner(b"SSH-2.0-Probe-2")
    assert scanner(b"SSH-1.0-SSH_Version_Mapper")
    assert not scanner(b"SSH-2.0-OpenSSH_9.2")


@pytest.mark.parametrize("modern", [True, False])
def test_a_line_ends_with_or_without_a_carriage_return(modern):
    assert cut(bytearray(b"SSH-2.0-x\r\nrest"), modern) == (b"SSH-2.0-x", 11)
    assert cut(bytearray(b"SSH-2.0-x\nrest"), modern) == (b"SSH-2.0-x", 10)
    assert cut(bytearray(b"SSH-2.0-x\r"), modern) is None


@pytest.mark.parametrize("bad", [b"a\0", b"a\rb", b"\0", b"SSH-2.0-x\r\rz"])
def test_from_8_0_on_a_bad_character_ends_the_reading(bad):
    assert cut(bytearray(bad + b"more"), True) == (b"", len(bad))
    assert cut(bytearray(bad), False) is None


def test_an_endless_line_is_over_at_some_point():
    assert cut(bytearray(b"A" * LINE_MAX), True) is None
    assert cut(bytearray(b"A" * (LINE_MAX + 1)), True) == (b"", LINE_MAX)
    assert cut(bytearray(b"A" * 300), False) == (b"A" * OLD_LINE_MAX, OLD_LINE_MAX)


@given(st.binary(max_size=300), st.booleans())
def test_chunks_do_not_matter(data, modern):
    whole = cut(bytearray(data), modern)
    ends = [end for end in range(len(data) + 1) if cut(bytearray(data[:end]), modern)]
    assert (ends and cut(bytearray(data[: ends[0]]), modern)) == (whole or [])
