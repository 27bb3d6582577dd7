"""Flags of portspoof and portspoof-py that are taken and mean nothing here, and what they meant by holds.

What each is said to be at the start is one line. Flags that mean the same here are options of `run` like any other.
"""

import argparse
from collections.abc import Iterator, Mapping
from typing import Any, Final

from rawspoof.config.model import World

_PORT: Final = (
    "rawspoof takes packets before they come to a listening port and has none, so that this one answers like all others"
    " (`rawspoof try -p {port}` listens on 127.0.0.1, without root)"
)
_QUIET: Final = 'changes nothing: syslog is told only where a [[sink]] with kind = "syslog" says so'
_SIMPLE: Final = "changes nothing: portspoof reads it and does nothing about it either"


def add(parser: argparse.ArgumentParser) -> None:
    """Add them to `run`."""
    parser.add_argument("-D", "--detach", action="store_true", help="go on in the background")
    old = parser.add_argument_group("flags of portspoof, taken and explained")
    old.add_argument("-p", "--port", dest="old_port", metavar="PORT", help="there is no listening port")
    old.add_argument("-d", dest="old_quiet", action="store_true", help="syslog is off unless a sink says so")
    old.add_argument("-2", dest="old_simple", action="store_true", help="does nothing, there and here")


def told(args: argparse.Namespace) -> Iterator[str]:
    """A line for each that was given: what it is here, and what does what it did."""
    if args.old_port is not None:
        yield f"-p {args.old_port}: {_PORT.format(port=args.old_port)}"
    if args.old_quiet:
        yield f"-d: {_QUIET}"
    if args.old_simple:
        yield f"-2: {_SIMPLE}"


def holds(flags: Mapping[str, Any], written: Mapping[str, object]) -> dict[str, float]:
    """What -t and -T come to together as portspoof has it; `written` is what the file says, by dotted key.

    A -T below -t is raised to it, and one below the shortest hold that nobody chose lowers that. -T 0 is for ever.
    """
    shortest, longest = flags.get("world.hold_min_s"), flags.get("world.hold_max_s")
    if not longest:
        return {}
    if shortest is not None:
        return {"world.hold_max_s": max(shortest, longest)}
    lower = longest < World().hold_min_s and "world.hold_min_s" not in written
    return {"world.hold_min_s": longest} if lower else {}
