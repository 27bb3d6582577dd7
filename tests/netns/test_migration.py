"""Moving over is as MIGRATION.md says: imported set-ups answer as they did before."""

from pathlib import Path
from typing import Final

import pytest

from tests.netns.kitchen import kitchen, recipes

pytestmark = pytest.mark.netns

MOVES: Final = recipes(Path(__file__).parents[2] / "MIGRATION.md")


@pytest.mark.parametrize("title", MOVES)
def test_it_does_what_it_says(title):
    with kitchen() as here:
        for block in MOVES[title]:
            here.do(block)
