"""A typed line: what is rubbed out is gone, and the screen shows it."""

from rawspoof.core.conversation.telnet.line import LINE_MAX, Line


def test_typing_is_echoed_and_rubbed_out():
    line = Line()
    assert line.type(b"rooo\x7ft") == b"rooo\x08 \x08t"
    assert line.text == b"root"
    assert line.end() == b"root"
    assert line.end() == b""
    assert line.type(b"\x08\x7f") == b""


def test_a_line_is_killed():
    line = Line()
    line.type(b"abc")
    assert line.type(b"\x15x") == b"\x08 \x08" * 3 + b"x"
    assert line.end() == b"x"


def test_controls_are_shown_as_two_characters():
    line = Line()
    assert line.type(b"\x1b[A\t\x1b\x7f") == b"^[[A\t^[\x08 \x08\x08 \x08"
    assert line.end() == b"\x1b[A\t"


def test_a_line_has_an_end():
    line = Line()
    assert line.type(b"x" * (LINE_MAX + 2)) == b"x" * LINE_MAX + b"\a\a"
    assert line.end() == b"x" * LINE_MAX
