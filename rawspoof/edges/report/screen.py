"""A terminal that is drawn again and again, and its keys; as it was before when left, however that is.

Knows ANSI's few words for it (ECMA-48), and nothing of what is drawn.
"""

import os
import select
import shutil
import signal
import sys
import termios
import tty
from types import TracebackType
from typing import Any, Final, Self

_ENTER: Final = "\x1b[?1049h\x1b[?25l"
"""The other screen, without a cursor."""
_LEAVE: Final = "\x1b[?25h\x1b[?1049l"
_HOME: Final = "\x1b[H"
_REST_OF_LINE: Final = "\x1b[K"
_REST_OF_SCREEN: Final = "\x1b[J"


class Screen:
    """Standard input and output, which are to be a terminal."""

    def __init__(self) -> None:
        self._drawn = ""
        self._before: list[Any] = []
        self._handler: Any = None

    def __enter__(self) -> Self:
        self._before = termios.tcgetattr(0)
        # A polite kill must not leave a terminal behind on which nothing typed is seen.
        self._handler = signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
        tty.setcbreak(0)
        self._put(_ENTER)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._put(_LEAVE)
        termios.tcsetattr(0, termios.TCSADRAIN, self._before)
        signal.signal(signal.SIGTERM, self._handler)

    def size(self) -> os.terminal_size:
        """Columns and lines, as they are now."""
        return shutil.get_terminal_size()

    def draw(self, lines: list[str]) -> None:
        """Show these lines and nothing else."""
        text = _HOME + f"{_REST_OF_LINE}\n".join(lines) + _REST_OF_LINE + _REST_OF_SCREEN
        if text != self._drawn:
            self._drawn = text
            self._put(text)

    def keys(self, within_s: float) -> str:
        """What was typed, after so long at the latest; `q` where nobody can type any more."""
        if not select.select([0], [], [], within_s)[0]:
            return ""
        return os.read(0, 64).decode("ascii", "replace") or "q"

    def _put(self, text: str) -> None:
        sys.stdout.write(text)
        sys.stdout.flush()


def is_one() -> bool:
    """Whether standard input and output are a terminal."""
    return os.isatty(0) and os.isatty(1)
