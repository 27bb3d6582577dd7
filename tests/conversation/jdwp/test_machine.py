"""A virtual machine's commands, asked without a connection."""

import pytest

from rawspoof.core.conversation.cursor import Cursor
from rawspoof.core.conversation.jdwp import machine


@pytest.mark.parametrize("data", [b"", bytes(8), b"\xff" * 40])
def test_every_command_answers_whatever_it_is_told(data):
    codes = machine.INVALID_CLASS, machine.INVALID_THREAD, machine.NOT_IMPLEMENTED
    for kind in [(kind, number) for kind in range(1, 18) for number in range(1, 22)]:
        answer = machine.answer(kind, Cursor(data))
        assert answer in codes or isinstance(answer, bytes)


def test_texts_are_behind_their_length():
    assert machine.text(b"main") == b"\0\0\0\4main"
