"""The one fixture that kernel tests share: a sensor's side and an attacker's, made anew for each test."""

from collections.abc import Iterator

import pytest

from rawspoof.edges.lab.namespaces import Lab


@pytest.fixture
def lab() -> Iterator[Lab]:
    with Lab() as both:
        yield both
