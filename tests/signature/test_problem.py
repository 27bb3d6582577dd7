"""A problem is told as compilers tell theirs, so that editors find the place."""

from rawspoof.core.signature.problem import Problem


def test_a_problem_in_one_line():
    assert str(Problem("mine.toml", 3, "is wrong")) == "mine.toml:3: is wrong"
