"""Whether a start would succeed, said on the terminal. What it would stumble over is `preflight`'s."""

import os
import sys
from collections.abc import Mapping


def is_right(path: str | None, flags: Mapping[str, object], fine: str = "ok") -> bool:
    """Whether it would, with this file, the environment and these flags.

    Prints `fine` if so, and on standard error a line for everything else there is to say.
    """
    # What a sensor is made of takes a while to import.
    from rawspoof.preflight import examine

    found = examine(path, flags, os.environ)
    for line in (*found.wrong, *found.doubts):
        print(line, file=sys.stderr)
    if not found.wrong:
        print(fine)
    return not found.wrong
