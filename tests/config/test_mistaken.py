"""A file is told by its first bytes or lines, and a configuration with one mistake is not taken for something else."""

import pytest

from rawspoof.config.mistaken import of_bytes, of_text
from rawspoof.config.show import default_text


@pytest.mark.parametrize(
    "text",
    [
        default_text() + "\nbroken",
        "[sensor\nworkers = 2",
        "workers: 2",
        "[sensor]\nhook = ['a.*', '\\d+'\nuser = 'x'\nallow = []",
        "",
    ],
)
def test_a_mistake_makes_it_nothing_else(text):
    assert of_text(text) is None
    assert of_bytes(text.encode()) is None


def test_nul_bytes_are_named_with_their_line():
    assert "NUL bytes from line 3 on" in str(of_bytes(b"[sensor]\nworkers = 2\nus\0\0"))
