"""`rawspoof evidence`: lists what packets are kept, and writes those of one source or scan as one capture."""

import argparse
import errno
import os
import sys
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rawspoof.config.load import load

if TYPE_CHECKING:
    from rawspoof.edges.evidence.folder import Name

EPILOG: Final = """\
examples:
  rawspoof evidence
  rawspoof evidence 198.51.100.42 -w - | tshark -r -
"""


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `evidence` to the commands."""
    parser = subparsers.add_parser("evidence", help="packets of those who connected", epilog=EPILOG)
    parser.add_argument("what", nargs="?", metavar="SOURCE|SCAN", help="an address, or an event's rawspoof.scan")
    parser.add_argument("-w", dest="output", metavar="FILE", help="write them as one pcap file; -: stdout")
    parser.add_argument("-c", "--config", metavar="FILE", help="the configuration")
    parser.add_argument("--state-dir", metavar="DIR", help="where the sensor keeps its things")


def run(args: argparse.Namespace) -> int:
    """0, or 1 where there is no such evidence. Raises ConfigError and OSError."""
    config = load(args.config, {"sensor.state_dir": args.state_dir} if args.state_dir else {}, os.environ)
    from rawspoof.edges.evidence.folder import folder_of, listed

    folder = folder_of(config)
    if not folder.exists():
        raise FileNotFoundError(errno.ENOENT, "no evidence is kept here; --state-dir names another", folder)
    found = [(name, size) for name, size in listed(folder) if _meant(name, args.what)]
    if not found:
        print(f"rawspoof: {folder}: no evidence{f' of {args.what}' if args.what else ''}", file=sys.stderr)
        return 1
    if args.output is not None:
        return _write(folder, [name for name, _ in found], args.output)
    for name, size in found:
        print(f"{name.stamp}  {name.scan}  {size:>9}  {name.address:<39}  {folder / str(name)}")
    return 0


def _meant(name: "Name", what: str | None) -> bool:
    if what is None or what == name.scan:
        return True
    try:
        return str(ip_address(what)) == name.address
    except ValueError:
        return False


def _write(folder: Path, names: "list[Name]", output: str) -> int:
    from rawspoof.edges.evidence.merge import merge

    def complain(what: str) -> None:
        print(f"rawspoof: {what}", file=sys.stderr)

    if output == "-":
        merge(folder, names, sys.stdout.buffer, complain)
        return 0
    with open(output, "wb") as file:
        count = merge(folder, names, file, complain)
    print(f"rawspoof: {count} packets in {output}", file=sys.stderr)
    return 0
