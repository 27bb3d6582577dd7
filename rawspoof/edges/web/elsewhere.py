"""The other thread of the web admin: what waits is done there, so that the server's own never does. Knows no work."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, TypeVar

from rawspoof.edges.web.answer import No

WAITING_MAX: Final = 16
"""Things waiting for the other thread; one beyond is refused."""
PATIENCE_S: Final = 20.0

Thing = TypeVar("Thing")


class Elsewhere:
    """The thread, and who waits for it."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "web admin")
        self._waiting = 0

    async def __call__(self, do: Callable[[], Thing]) -> Thing:
        """What `do` gives, done there. Raises what it raises; No (503) where too much waits, or it takes too long."""
        if self._waiting >= WAITING_MAX:
            raise No(503, "too much is being asked: try again")
        self._waiting += 1
        done = asyncio.get_running_loop().run_in_executor(self._thread, do)
        done.add_done_callback(self._one_less)
        await asyncio.wait((done,), timeout=PATIENCE_S)
        if not done.done():
            raise No(503, f"no answer within {PATIENCE_S:g} s")
        return done.result()

    def close(self) -> None:
        """Let it go."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _one_less(self, done: "asyncio.Future[Any]") -> None:
        self._waiting -= 1
        if not done.cancelled():
            done.exception()
