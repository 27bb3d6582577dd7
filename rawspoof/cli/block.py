"""`rawspoof block`: shows who is blocked, blocks and lets go. Asks the running sensor; without one, edits its list."""

import argparse
import errno
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from rawspoof.cli.run import add_options, configured
from rawspoof.config.load import ConfigError
from rawspoof.config.model import Config

if TYPE_CHECKING:
    from rawspoof.edges.block.desk import Answer, Order

EPILOG: Final = """\
Without a running sensor its list is changed, for its next start.
examples:
  sudo rawspoof block list
  sudo rawspoof block add 198.51.100.42 --seconds 3600
"""

SECONDS_MAX: Final = 366 * 86400.0
"""A block has to end: addresses change hands."""


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `block` to the commands."""
    parser = subparsers.add_parser(
        "block",
        help="who is blocked; block and let go (root)",
        description="Show who is blocked; block and let go.",
        usage="rawspoof block [-c FILE] [--state-dir DIR] list [--json] | add ADDR\n"
        "                      [--seconds N] | remove ADDR | flush",
        epilog=EPILOG,
    )
    add_options(parser, ("sensor.state_dir",))
    do = parser.add_subparsers(dest="do", metavar="list|add|remove|flush", required=True, prog="rawspoof block")
    do.add_parser("list", help="who is blocked").add_argument("--json", action="store_true", help="for programs")
    adding = do.add_parser("add", help="block an address")
    adding.add_argument("address", metavar="ADDR")
    adding.add_argument("--seconds", metavar="N", type=_seconds, default=0.0, help="how long (default: block.seconds)")
    do.add_parser("remove", help="let an address in again").add_argument("address", metavar="ADDR")
    do.add_parser("flush", help="let all in again")


def run(args: argparse.Namespace) -> int:
    """0, or 1 where it was not done. Raises ConfigError and OSError."""
    config = configured(args)
    from rawspoof.edges.block.desk import Order
    from rawspoof.edges.block.office import folder

    place = folder(config)
    try:
        if args.do == "list":
            _do(config, place, Order("save"))
            _show(place, args.json)
            return 0
        address = _address(args.address) if "address" in args else b""
        answer = _do(config, place, Order(args.do, address, getattr(args, "seconds", 0.0)))
    except PermissionError:
        raise PermissionError(errno.EACCES, "only root may look at blocks and change them: use sudo", place) from None
    if answer.wrong:
        print(f"rawspoof: {args.address}: not {_done(args.do)}: {answer.wrong}", file=sys.stderr)
        return 1
    if args.do == "flush":
        print(f"{answer.count} let go")
    return 0


def _do(config: Config, place: Path, order: "Order") -> "Answer":
    """Have it done by the running sensor, or do it to its list. Raises OSError."""
    from rawspoof.edges.block.desk import Answer, ask, obey
    from rawspoof.edges.block.keeper import Keeper
    from rawspoof.edges.block.never import Never
    from rawspoof.edges.block.shelf import Shelf
    from rawspoof.edges.system import clock

    if (answer := ask(place, order)) is not None:
        return answer
    if order.do == "save" and not place.exists():
        return Answer()
    with Shelf(place) as shelf:
        return obey(order, Keeper(config, shelf, Never(config).why, clock.steady()))


def _show(place: Path, as_json: bool) -> None:
    from rawspoof.edges.block.shelf import read, text
    from rawspoof.edges.feeds.offender import moment
    from rawspoof.edges.system import clock

    now = clock.steady()()
    rows = []
    for block in sorted(read(place)[0], key=lambda block: block.until):
        left = max(round(block.until - now), 0)
        what = block.how, block.deed.reason, block.times
        rows.append((text(block.address), *what, moment(block.until), left, block.by))
    if as_json:
        names = ("address", "kind", "reason", "times", "until", "seconds_left", "by")
        for row in rows:
            print(msgspec.json.encode(dict(zip(names, row, strict=True))).decode())
        return
    for address, how, reason, times, until, left, by in rows:
        other = f"  by {by}" if by else ""
        print(f"{address:<39}  {how:<8}  {reason:<11}  {times:>3}×  until {until[:19]}Z  {left:>8} s left{other}")


def _address(text: str) -> bytes:
    """Raises ConfigError."""
    from rawspoof.edges.block.never import packed

    try:
        return packed(text)
    except ValueError:
        raise ConfigError(f"command line: expected an address such as 198.51.100.42, got {text!r}") from None


def _done(do: str) -> str:
    return "blocked" if do == "add" else "let go"


def _seconds(text: str) -> float:
    """Raises ArgumentTypeError."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 1 <= seconds <= SECONDS_MAX:
        raise argparse.ArgumentTypeError(f"expected 1 to {SECONDS_MAX:.0f} seconds, got {text!r}")
    return seconds
