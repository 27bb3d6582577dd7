"""Answers, mistakes, and answers that do not come."""

from threading import Event

import pytest

from rawspoof.edges.doctor.patience import Asked


def test_the_answer_is_that_of_the_question():
    assert Asked(lambda: [1, 2]).answer(10) == [1, 2]


def test_what_a_question_raises_its_asker_gets():
    with pytest.raises(KeyError, match="gone"):
        Asked(lambda: {}["gone"]).answer(10)


def test_nobody_waits_longer_than_said():
    over = Event()
    asked = Asked(lambda: over.wait(10))
    with pytest.raises(TimeoutError, match="no answer in time"):
        asked.answer(-1)
    over.set()
    assert asked.answer(10)
