"""Redis' commands and how many words they want."""

from rawspoof.core.conversation.redis.commands import ARITY, fits


def test_some_commands_are_known_with_their_words():
    assert {name: ARITY[name] for name in (b"get", b"set", b"auth", b"info", b"slaveof", b"eval", b"migrate")} == {
        b"get": 2, b"set": -3, b"auth": -2, b"info": -1, b"slaveof": 3, b"eval": -3, b"migrate": -6,
    }  # fmt: skip
    assert b"script-" not in ARITY
    assert b"foo" not in ARITY


def test_too_few_and_too_many_words():
    assert [fits(b"get", n) for n in (1, 2, 3)] == [False, True, False]
    assert [fits(b"set", n) for n in (2, 3, 9)] == [False, True, True]
