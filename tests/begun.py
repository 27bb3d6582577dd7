"""A process of a test's: it ends with the block, also where the test fails in the midst of it."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def begun(argv: list[str], **how: Any) -> Iterator["subprocess.Popen[Any]"]:
    """It, for as long as the block lasts; `how` is Popen's. Popen's own block would wait for its end for ever."""
    with subprocess.Popen(argv, **how) as process:
        try:
            yield process
        finally:
            process.kill()
