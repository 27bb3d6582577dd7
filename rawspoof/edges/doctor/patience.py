"""A question with a thread of its own, for whose answer one waits so long and no longer. Knows no question."""

from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Generic, TypeVar

Answer = TypeVar("Answer")


class Asked(Generic[Answer]):
    """A question being answered. Its thread is in the asker's network namespace, and ends with the process."""

    def __init__(self, question: Callable[[], Answer]) -> None:
        self._question = question
        self._answers: SimpleQueue[tuple[Answer] | Exception] = SimpleQueue()
        Thread(target=self._answer, daemon=True).start()

    def answer(self, within_s: float) -> Answer:
        """The answer, or what was raised instead. Raises TimeoutError where there is neither in time."""
        try:
            got = self._answers.get(timeout=max(0.0, within_s))
        except Empty:
            raise TimeoutError("no answer in time") from None
        if isinstance(got, Exception):
            raise got
        return got[0]

    def _answer(self) -> None:
        try:
            self._answers.put((self._question(),))
        except Exception as wrong:
            self._answers.put(wrong)
