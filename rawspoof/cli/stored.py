"""Where the events are that `events`, `report` and `top` read: options, and a reader or a line that says why not."""

import argparse
import errno
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rawspoof.cli.run import add_options, configured

if TYPE_CHECKING:
    from rawspoof.edges.store.queries import Reader

MAY_NOT: Final = "you may not read this: use sudo, or be in the group of its owner"


def add_store(parser: argparse.ArgumentParser) -> None:
    """Add the options that say which store."""
    add_options(parser, ("sensor.state_dir",))
    parser.add_argument("--store", metavar="DIR", type=Path, help="the store itself, or a copy of it")


def add_sensor(parser: argparse.ArgumentParser) -> None:
    """Add the option that chooses one sensor of a hub's store."""
    parser.add_argument("--sensor", metavar="NAME", default="", help="of this sensor only, in a hub's store")


def reader(args: argparse.Namespace) -> "Reader":
    """The store's reader. Raises ConfigError, and OSError where there is nothing that may be read."""
    from rawspoof.edges.sinks.asked import store_folder
    from rawspoof.edges.store.database import files
    from rawspoof.edges.store.places import POSITIONS
    from rawspoof.edges.store.queries import Reader

    folder = args.store or store_folder(configured(args))
    try:
        names, paths = os.listdir(folder), files(folder)
    except FileNotFoundError:
        raise FileNotFoundError(errno.ENOENT, "no events are kept here; --state-dir names another", folder) from None
    except PermissionError:
        raise PermissionError(errno.EACCES, MAY_NOT, folder) from None
    # Before the first event there is only this.
    if set(names) - {POSITIONS} and not paths:
        raise FileNotFoundError(errno.ENOENT, "is no store of events; --store names another", folder)
    if paths and not os.access(paths[-1], os.R_OK):
        raise PermissionError(errno.EACCES, MAY_NOT, paths[-1])
    return Reader(folder)


def complain(reader: "Reader") -> None:
    """Say which files could not be read; what was printed lacks their events."""
    for path, why in reader.unread.items():
        print(f"rawspoof: {path.name}: left out: {why}", file=sys.stderr)
