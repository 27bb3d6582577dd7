"""What is wrong with a line of a file. Knows no format."""

from typing import NamedTuple


class Problem(NamedTuple):
    """A signature that was left out, and why."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}"
