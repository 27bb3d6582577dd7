"""`rawspoof top`: who is here now, again and again; where nobody watches, once."""

import argparse
import shutil
import time
from typing import TYPE_CHECKING, Final

from rawspoof.cli import period
from rawspoof.cli.stored import add_sensor, add_store, complain, reader

if TYPE_CHECKING:
    from rawspoof.edges.store.queries import Reader

EPILOG: Final = """\
Keys: q quits, p pauses. `?` beside a level: the source's address is not proven.
Without a terminal it prints one look and ends.
example:
  rawspoof top --interval 5
"""
KEY_S: Final = 0.2
"""Longest wait for a key: a terminal that changes its size is drawn anew as soon."""
SNAPSHOT: Final = (120, 50)
"""The size of what is no terminal."""


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `top` to the commands."""
    parser = subparsers.add_parser("top", help="watch who is here now", usage="rawspoof top [options]", epilog=EPILOG)
    add_store(parser)
    add_sensor(parser)
    parser.add_argument(
        "--interval", metavar="SECONDS", type=period.seconds, default=2.0, help="between looks (default: 2)"
    )


def run(args: argparse.Namespace) -> int:
    """0. Raises ConfigError and OSError."""
    from rawspoof.edges.report import live, screen

    store = reader(args)
    if screen.is_one():
        _watch(store, args.interval, args.sensor)
        return 0
    width, height = shutil.get_terminal_size(SNAPSHOT)
    print("\n".join(live.frame(live.look(store, period.now(), height, args.sensor), width, height)))
    complain(store)
    return 0


def _watch(store: "Reader", interval_s: float, sensor: str) -> None:
    """Until q."""
    from rawspoof.edges.report import live
    from rawspoof.edges.report.screen import Screen

    with Screen() as screen:
        look_at, paused = time.monotonic(), False
        while True:
            if time.monotonic() >= look_at and not paused:
                seen = live.look(store, period.now(), live.SOURCES_MAX, sensor)
                look_at = time.monotonic() + interval_s
            screen.draw(live.frame(seen, *screen.size(), paused))
            keys = screen.keys(KEY_S)
            if "q" in keys:
                return
            if "p" in keys:
                paused = not paused
