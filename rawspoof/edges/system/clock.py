"""The clock of a live sensor: seconds since the epoch that never jump."""

import time
from collections.abc import Callable


def steady() -> Callable[[], float]:
    """A function that gives seconds since the epoch, as they were set when the sensor started.

    It runs on the monotonic clock, so that somebody setting the clock neither fires every timer nor stops them all.
    """
    offset = time.time() - time.monotonic()  # noqa: TID251  the edge where time walks in
    monotonic = time.monotonic
    return lambda: monotonic() + offset
