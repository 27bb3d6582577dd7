"""`rawspoof report`: who was here, what they touched and tried, as text, Markdown or an HTML file."""

import argparse
import shutil
import sys
from pathlib import Path
from typing import Final

from rawspoof.cli import period
from rawspoof.cli.stored import add_sensor, add_store, complain, reader
from rawspoof.config.load import ConfigError

EPILOG: Final = """\
Moments are 30m, 2h, 7d ago, or 2026-11-22T10:00 (UTC). A scan that was going on
then counts whole, with what it did before. The HTML file needs nothing else.
example:
  rawspoof report --since 7d --html -o week.html
"""
DAY: Final = "24h"
TERMINAL: Final = (100, 24)
"""The size of what is none."""


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `report` to the commands."""
    parser = subparsers.add_parser(
        "report", help="sum up what happened, from the store", usage="rawspoof report [options]", epilog=EPILOG
    )
    add_store(parser)
    add_sensor(parser)
    parser.add_argument("--since", metavar="WHEN", type=period.moment, default=DAY, help="from then (default: 24h)")
    parser.add_argument("--until", metavar="WHEN", type=period.moment, default="0s", help="until then (default: now)")
    parser.add_argument("--top", metavar="N", type=int, default=20, help="lines of each list (default: 20)")
    parser.add_argument("-o", "--output", metavar="FILE", type=Path, help="write it there, not to stdout")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--text", dest="form", action="store_const", const="text", help="for a terminal (default)")
    form.add_argument("--markdown", dest="form", action="store_const", const="markdown", help="tables in Markdown")
    form.add_argument("--html", dest="form", action="store_const", const="html", help="one file with plots")
    parser.set_defaults(form="text")


def run(args: argparse.Namespace) -> int:
    """0. Raises ConfigError and OSError."""
    from rawspoof.edges.report import gather
    from rawspoof.edges.report.html import html
    from rawspoof.edges.report.markdown import markdown
    from rawspoof.edges.report.page import page
    from rawspoof.edges.report.summary import summarise
    from rawspoof.edges.report.text import text

    if args.since >= args.until:
        raise ConfigError("command line: --since is not before --until")
    if args.top < 1:
        raise ConfigError(f"command line: --top: expected 1 or more, got {args.top}")
    store = reader(args)
    made = page(summarise(gather.found(store, args.since, args.until, args.sensor), args.since, args.until, args.top))
    if args.form == "text":
        written = text(made, shutil.get_terminal_size(TERMINAL).columns)
    else:
        written = html(made) if args.form == "html" else markdown(made)
    if args.output:
        args.output.write_text(written, encoding="utf-8")
    else:
        sys.stdout.write(written)
    complain(store)
    return 0
