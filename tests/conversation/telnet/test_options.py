"""Options: what was asked and offered is agreed on, the rest refused, and two sides never talk past one another."""

from hypothesis import given, settings
from hypothesis import strategies as st

from rawspoof.core.conversation.telnet.options import COMMANDS_MAX, SUB_MAX, Options, command, text

WILL_ECHO, WILL_SGA, DO_TTYPE, DO_NAWS = b"\xff\xfb\x01", b"\xff\xfb\x03", b"\xff\xfd\x18", b"\xff\xfd\x1f"


def greeted(words=WILL_ECHO + WILL_SGA + DO_TTYPE + DO_NAWS):
    options = Options()
    assert options.say(words) == words
    return options


def test_what_was_asked_for_is_waited_for():
    options = greeted()
    assert options.waiting == {24, 31}
    assert options.hear(b"\xff\xfb\x18") == b"\xff\xfa\x18\x01\xff\xf0"
    assert options.hear(b"\xff\xfa\x18\x00xterm\xff\xf0") == b""
    assert options.waiting == {31}
    assert options.hear(b"\xff\xfc\x1f") == b""
    assert options.waiting == set()


def test_what_was_offered_is_confirmed_in_silence_and_the_rest_refused():
    options = greeted()
    assert options.hear(b"\xff\xfd\x01") == options.hear(b"\xff\xfd\x01") == b""
    assert options.hear(b"\xff\xfd\x22") == b"\xff\xfc\x22"
    assert options.hear(b"\xff\xfb\x22") == b"\xff\xfe\x22"
    assert options.hear(b"\xff\xfd\x05") == b"\xff\xfb\x05"
    assert options.hear(b"\xff\xfd\x06") == options.hear(b"\xff\xfd\x06") == b"\xff\xfb\x06"


def test_echo_is_as_offered_until_it_is_refused():
    assert not Options().echo
    options = greeted()
    assert options.echo
    assert options.hear(b"\xff\xfe\x01") == b""
    assert not options.echo
    assert options.hear(b"\xff\xfd\x01") == WILL_ECHO
    assert options.hear(b"\xff\xfe\x01") == b"\xff\xfc\x01"


def test_what_was_agreed_on_can_be_taken_back_once():
    options = greeted()
    options.hear(b"\xff\xfb\x1f")
    assert options.hear(b"\xff\xfc\x1f") == b"\xff\xfe\x1f"
    assert options.hear(b"\xff\xfc\x1f") == b""


def test_a_command_is_whole_or_not_yet():
    cases = {b"\xff": 0, b"\xff\xfb": 0, b"\xff\xfb\x01x": 3, b"\xff\xff": 2, b"\xff\xf6": 2, b"\xff\xfa\x18\0x": 0}
    assert {said: command(bytearray(said)) for said in cases} == cases
    assert command(bytearray(b"\xff\xfa\x18\0x\xff\xf0y")) == 7
    assert command(bytearray(b"\xff\xfa" + b"x" * 600)) == SUB_MAX


def test_text_is_what_is_left():
    assert text(WILL_ECHO + b"log" + DO_NAWS + b"in: ") == b"login: "


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from((251, 252, 253, 254)), st.integers(0, 40)), max_size=30))
def test_two_of_a_kind_come_to_rest(commands):
    """Whatever is said first, the two sides never answer one another for ever (RFC 1143)."""
    here, there = greeted(), Options()
    said = b"".join(here.hear(bytes((255, verb, option))) for verb, option in commands)
    for turn in range(10):
        listener = here if turn % 2 else there
        said = b"".join(listener.hear(said[i : i + 3]) for i in range(0, len(said), 3) if said[i + 1] >= 251)
    assert said == b""


def test_a_peer_that_only_haggles_is_not_answered_for_ever():
    options = greeted()
    answers = [options.hear(b"\xff\xfd\x22") for _ in range(COMMANDS_MAX + 50)]
    assert answers.count(b"\xff\xfc\x22") == COMMANDS_MAX
