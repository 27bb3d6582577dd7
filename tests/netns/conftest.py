"""Fixtures that kernel tests share: a sensor's side and an attacker's, and a folder, made anew for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from rawspoof.edges.lab.namespaces import Lab
from tests.netns.sensors import open_folder


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """In place of pytest's: a sensor's collector is nobody, and has its store in a test's folder."""
    with open_folder() as folder:
        yield folder


@pytest.fixture
def lab() -> Iterator[Lab]:
    with Lab() as both:
        yield both
