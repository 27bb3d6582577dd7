"""What holds for all tests: hypothesis has no deadline, for a busy machine is no bug; the longest are begun first."""

import pytest
from hypothesis import settings

settings.register_profile("rawspoof", deadline=None)
settings.load_profile("rawspoof")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
