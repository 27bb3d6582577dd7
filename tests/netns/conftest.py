"""The one fixture that kernel tests share: a sensor's side and an attacker's, made anew for each test."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from rawspoof.edges.lab.namespaces import Lab


@pytest.fixture(autouse=True, scope="session")
def _way_to_temporary_files(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A sensor's collector is nobody, and has its store in a test's folder."""
    base = tmp_path_factory.getbasetemp()
    for folder in (base, base.parent, base.parent.parent):
        if folder.stat().st_uid == os.getuid() and folder != Path("/tmp"):
            folder.chmod(folder.stat().st_mode | 0o011)


@pytest.fixture
def lab() -> Iterator[Lab]:
    with Lab() as both:
        yield both
