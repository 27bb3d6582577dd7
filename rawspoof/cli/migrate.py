"""`rawspoof config import`: what portspoof or portspoof-py had, as a configuration of ours. Reads and writes files."""

import argparse
import os
import stat
import sys
import tempfile
from pathlib import Path
from typing import Final

from rawspoof.config.load import ConfigError, load
from rawspoof.config.migrate.draft import Draft, Fate
from rawspoof.config.migrate.kinds import BYTES_MAX, Input
from rawspoof.config.migrate.migrate import migrated
from rawspoof.config.migrate.text import toml

EPILOG: Final = """\
WHAT is any of: a portspoof.conf, a signature file, iptables-save's output, a script with iptables lines, portspoof's
init script or /etc/default/portspoof, a unit of portspoof-py, email.json, admin.passwd; - is standard input.
example:
  iptables-save | rawspoof config import - --command "portspoof -c /etc/portspoof.conf -D" -o rawspoof.toml
"""


def add(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `import` to the actions of `config`."""
    parser = actions.add_parser("import", help="make one of what portspoof or portspoof-py had", epilog=EPILOG)
    parser.add_argument("what", nargs="*", metavar="WHAT", help="a file of theirs")
    parser.add_argument(
        "--command", action="append", default=[], dest="lines", metavar="LINE", help="how it is started"
    )
    parser.add_argument("-o", "--output", default="-", metavar="FILE", help="a new file (default: standard output)")
    parser.add_argument("--force", action="store_true", help="write over a file that is there")


def run(args: argparse.Namespace) -> int:
    """0. Raises ConfigError for what is none of theirs, or an output that is there already; OSError."""
    if not args.what and not args.lines:
        raise ConfigError(
            "command line: nothing to import: name a file of portspoof's, or how it is started (--command)"
        )
    if args.output != "-" and not args.force and os.path.lexists(args.output):
        raise _there(args.output)
    draft = migrated([_read(name) for name in args.what], args.lines, _look, Path.cwd())
    _write(args.output, toml(draft), args.force)
    _summary(draft, args.output)
    return 0


def _read(name: str) -> Input:
    try:
        if name == "-":
            return Input("stdin", sys.stdin.buffer.read(BYTES_MAX + 1))
        # A pipe that nobody writes to is empty, rather than waited for; one that somebody does is read to its end.
        with open(name, "rb", opener=lambda path, flags: os.open(path, flags | os.O_NONBLOCK)) as file:
            os.set_blocking(file.fileno(), True)
            about = os.fstat(file.fileno())
            mode = stat.S_IMODE(about.st_mode) if stat.S_ISREG(about.st_mode) else None
            return Input(name, file.read(BYTES_MAX + 1), mode)
    except OSError as error:
        raise ConfigError(f"{name}: cannot be read: {error.strerror}") from None


def _look(path: str) -> Input | str:
    try:
        return _read(path)
    except ConfigError as wrong:
        return str(wrong).removeprefix(f"{path}: ")


def _write(path: str, text: str, force: bool) -> None:
    """Put the text there as a whole, once it is known to load."""
    folder = tempfile.gettempdir() if path == "-" else os.path.dirname(os.path.abspath(path))
    fd, new = tempfile.mkstemp(dir=folder, prefix=".rawspoof-import-")
    try:
        with os.fdopen(fd, "w", encoding="utf-8") as file:
            file.write(text)
            os.fchmod(fd, 0o644)
        load(new)
        if path == "-":
            sys.stdout.write(text)
        elif force:
            os.replace(new, path)
        else:
            os.link(new, path)
    except FileExistsError:
        raise _there(path) from None
    finally:
        Path(new).unlink(missing_ok=True)


def _there(path: str) -> ConfigError:
    return ConfigError(f"{path}: is there already; name another file, or --force to write over it")


def _summary(draft: Draft, path: str) -> None:
    counts = ", ".join(f"{draft.counts[fate]} {fate.value}" for fate in Fate)
    print(f"rawspoof: of the lines and flags {counts}" + (":" if draft.counts[Fate.ASK] else ""), file=sys.stderr)
    for finding in draft.findings:
        if finding.fate is Fate.ASK:
            print(f"  {finding}", file=sys.stderr)
    if path != "-":
        print(f"rawspoof: next: stop portspoof, take its rules away, rawspoof run -c {path}", file=sys.stderr)
