"""A sensor in the background: whoever starts it gets the terminal back once it answers, or hears why it does not.

portspoof's -D. Knows how to leave a terminal; the sensor is the same.
"""

import logging
import os
import re
import sys
from collections.abc import Callable
from logging.handlers import SysLogHandler
from pathlib import Path
from typing import Final, TypeVar

from msgspec import Struct
from msgspec.structs import replace

_PATHS: Final = re.compile(r"(?:^|_)(?:file|folder|dir|conf|wordlist|wrapper)$")
_READY: Final = b"\0"
"""No line of a log has it."""
_SYSLOG: Final = "/dev/log"

Settings = TypeVar("Settings", bound=Struct)


def detached(body: Callable[[Callable[[], None]], int]) -> int:
    """Run `body` in a child without terminal or folder. Ours: 0 once it calls what it is given, else its exit status.

    In the child this returns, much later, what `body` does: both go home by the same way.
    """
    said, say = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        os.close(say)
        return 0 if _answers(said) else abs(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])) or 1
    os.close(said)
    os.setsid()
    os.chdir("/")
    _redirect(say)
    if Path(_SYSLOG).exists():
        handler = SysLogHandler(_SYSLOG, SysLogHandler.LOG_DAEMON)
        handler.setFormatter(logging.Formatter("rawspoof[%(process)d]: %(message)s"))
        logging.getLogger().addHandler(handler)

    def ready() -> None:
        sys.stderr.flush()
        os.write(2, _READY)
        nowhere = os.open(os.devnull, os.O_RDWR)
        os.dup2(nowhere, 2)
        os.close(nowhere)

    return body(ready)


def rooted(settings: Settings, folder: Path) -> Settings:
    """The settings with their relative paths below this folder, for one who is going to leave it."""
    found: dict[str, object] = {}
    for name in settings.__struct_fields__:
        value = getattr(settings, name)
        if isinstance(value, Struct):
            found[name] = rooted(value, folder)
        elif isinstance(value, tuple) and (name == "signatures" or any(isinstance(one, Struct) for one in value)):
            found[name] = tuple(rooted(v, folder) if isinstance(v, Struct) else str(folder / v) for v in value)
        elif isinstance(value, str) and value not in ("", "-") and _PATHS.search(name):
            found[name] = str(folder / value)
    return replace(settings, **found)


def _redirect(say: int) -> None:
    """Nothing is read or printed any more; what is said on standard error goes to whoever waits for us."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for fd, to in ((0, nowhere), (1, nowhere), (2, say)):
        os.dup2(to, fd)
    os.close(nowhere)
    os.close(say)


def _answers(said: int) -> bool:
    """Pass on what the child says; whether it was ready in the end."""
    with open(said, "rb", buffering=0) as file:
        while some := file.read(4096):
            words, ready, _ = some.partition(_READY)
            os.write(2, words)
            if ready:
                return True
    return False
