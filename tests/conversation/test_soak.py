"""A short soak of all speakers, and that a long one would tell what it finds."""

import pytest

from rawspoof.core.conversation.speaker import Speaker
from tests.conversation import soak


def test_a_short_soak_finds_nothing():
    talks, wrong = soak.soak(2.0, 7)
    assert wrong == []
    assert talks > 200


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (lambda self, at: 1 / 0, "ZeroDivisionError"),
        (lambda self, at: b"x" * 10_000_000, "too much"),
    ],
)
def test_what_is_wrong_is_told(monkeypatch, fault, told):
    monkeypatch.setattr(Speaker, "overlong", fault)
    who = next(who for who in soak.identities() if who.service == "zookeeper")
    plain = who._replace(protocol="none", frame="line")
    assert told in soak.problem(plain, b"x" * 20_000, [])
