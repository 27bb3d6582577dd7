"""Steps: a failed one leaves no trace in the run that it failed in."""

import pytest

from rawspoof.core.signature.pattern.parse import parse
from rawspoof.core.signature.pattern.steps import FAIL, Exhausted, Run, compile_node, finish


def test_a_step_says_where_the_match_ends():
    step = compile_node(parse(b"a(b|c)*").root, finish)
    assert step(Run(b"xabcd", 1, 100), 1) == 4


@pytest.mark.parametrize("pattern", [b"(a)(b)(c)x", b"(?:(a)|b)*x", b"(?=(a))(a)bx"])
def test_a_failed_match_forgets_its_groups(pattern):
    run = Run(b"abc", 3, 100)
    assert compile_node(parse(pattern).root, finish)(run, 0) == FAIL
    assert run.groups[2:] == [(FAIL, FAIL)] * 2


def test_steps_are_counted():
    run = Run(b"a" * 10, 0, 3)
    with pytest.raises(Exhausted):
        compile_node(parse(b"[ab]*[bx]").root, finish)(run, 0)
