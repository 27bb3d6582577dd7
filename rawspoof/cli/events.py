"""`rawspoof events`: the kept events that pass a filter, as a table, JSON or CSV."""

import argparse
import shutil
import socket
import sys
import time
from collections.abc import Callable, Iterable
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Final

from rawspoof.cli import period
from rawspoof.cli.stored import add_sensor, add_store, complain, reader
from rawspoof.config.load import ConfigError

if TYPE_CHECKING:
    from rawspoof.edges.store.queries import Filter, Numbered, Reader

EPILOG: Final = """\
Moments are 30m, 2h, 7d ago, or 2026-11-22T10:00 (UTC). The newest come last.
example:
  rawspoof events --source 198.51.100.0/24 --kind scan --since 2h
  rawspoof events --follow --json --proven
"""

TABLE_MAX: Final = 100
"""Lines of a table, unless another number is asked for; JSON and CSV are for programs, which want all."""
FOLLOW_S: Final = 0.5
"""Between two looks for new ones."""


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `events` to the commands."""
    parser = subparsers.add_parser(
        "events", help="list what happened, from the store", usage="rawspoof events [options]", epilog=EPILOG
    )
    add_store(parser)
    add_sensor(parser)
    parser.add_argument("--source", metavar="ADDR|CIDR", type=period.network, default=(b"", b""), help="of this source")
    parser.add_argument("--port", metavar="N[-M]", type=period.ports, default=(0, 0), help="at this port of ours")
    parser.add_argument("--kind", metavar="KIND", action="append", default=[], help="scan, session.open (repeatable)")
    parser.add_argument("--since", metavar="WHEN", type=period.moment, default=0.0, help="not before")
    parser.add_argument("--until", metavar="WHEN", type=period.moment, default=float("inf"), help="before")
    parser.add_argument("--proven", action="store_true", help="of sources that completed a handshake only")
    parser.add_argument("--limit", metavar="N", type=int, help="the last N; 0: all (default: 100 in a table)")
    parser.add_argument("--follow", action="store_true", help="go on with new ones until Ctrl-C")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--table", dest="form", action="store_const", const="table", help="aligned lines (default)")
    form.add_argument("--json", dest="form", action="store_const", const="json", help="ECS, an object a line")
    form.add_argument("--csv", dest="form", action="store_const", const="csv", help="with a line of heads")
    parser.set_defaults(form="table")


def run(args: argparse.Namespace) -> int:
    """0. Raises ConfigError and OSError."""
    wanted, store = _filter(args), reader(args)
    limit = args.limit if args.limit is not None else TABLE_MAX if args.form == "table" else 0
    put = {"table": _table, "json": _json, "csv": _csv}[args.form]()
    last = store.last()
    put(_picked(store, wanted, last, args.proven, limit))
    while args.follow:
        sys.stdout.flush()
        time.sleep(FOLLOW_S)
        wanted, last = wanted._replace(after=last), store.last()
        put(_picked(store, wanted, last, args.proven, 0))
    complain(store)
    return 0


def _filter(args: argparse.Namespace) -> "Filter":
    from rawspoof.edges.store.queries import KINDS, Filter, matching

    kinds = tuple(kind if "." in kind else f"{kind}." for kind in args.kind)
    for kind in kinds:
        if not matching((kind,)):
            raise ConfigError(f"command line: --kind {kind.rstrip('.')!r} is none of {', '.join(KINDS)}")
    if args.since >= args.until:
        raise ConfigError("command line: --since is not before --until")
    if args.limit is not None and args.limit < 0:
        raise ConfigError(f"command line: --limit: expected 0 or more, got {args.limit}")
    first, last = args.source
    ports = {"port": args.port[0], "port_last": args.port[1]}
    last = last if last != first else b""
    return Filter(args.since, args.until, first, last, kinds=kinds, sensor=args.sensor, **ports)


def _picked(store: "Reader", wanted: "Filter", last: int, proven: bool, limit: int) -> "Iterable[Numbered]":
    """Oldest first, and nothing after number `last`; of more than `limit`, the last ones."""
    from rawspoof.edges.report.listing import proven as is_proven

    found = (numbered for numbered in store.events(wanted, newest_first=limit > 0) if numbered.number <= last)
    passed = (numbered for numbered in found if is_proven(numbered.event)) if proven else found
    return reversed(list(islice(passed, limit))) if limit else passed


Put = Callable[["Iterable[Numbered]"], None]


def _table() -> Put:
    from rawspoof.edges.report import listing

    width, source_wide, hub = shutil.get_terminal_size((160, 24)).columns, 0, False

    def put(found: "Iterable[Numbered]") -> None:
        nonlocal source_wide, hub
        if not source_wide:
            found = list(found)
            source_wide, hub = listing.widths(one.event for one in found), any(one.sensor for one in found)
            print(listing.line(listing.HEADS, source_wide, width, listing.SENSOR if hub else None))
        for _, event, sensor in found:
            print(listing.line(listing.cells(event), source_wide, width, sensor if hub else None))

    return put


def _json() -> Put:
    from rawspoof.edges.sinks import ecs

    here = socket.gethostname()
    encode = cache(ecs.lines)

    def put(found: "Iterable[Numbered]") -> None:
        for number, event, sensor in found:
            try:
                sys.stdout.write(encode(sensor or here)(event).decode())
            except (ValueError, OverflowError) as error:
                # No sensor makes such an event; the others are still good.
                print(f"rawspoof: event {number} left out: {error}", file=sys.stderr)

    return put


def _csv() -> Put:
    from rawspoof.edges.report import listing

    print(",".join(listing.HEADER))

    def put(found: "Iterable[Numbered]") -> None:
        sys.stdout.writelines(map(listing.row, found))

    return put
