"""Every recipe does what it says."""

from pathlib import Path
from typing import Final

import pytest

from tests.netns.kitchen import kitchen, recipes

pytestmark = pytest.mark.netns

RECIPES: Final = recipes(Path(__file__).parents[2] / "RECIPES.md")


@pytest.mark.parametrize("title", RECIPES)
def test_it_does_what_it_says(title):
    with kitchen() as here:
        for block in RECIPES[title]:
            here.do(block)
