"""`rawspoof config`: writes the default file, checks one, shows what is in effect."""

import argparse
from typing import Final

from rawspoof.cli.run import add_options, overrides
from rawspoof.config.load import ConfigError, load

EPILOG: Final = """\
example:
  rawspoof config init rawspoof.toml && rawspoof config check rawspoof.toml
"""


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `config` to the commands."""
    parser = subparsers.add_parser("config", help="write, check or show the configuration", epilog=EPILOG)
    actions = parser.add_subparsers(title="actions", dest="action", metavar="ACTION", required=True)
    init = actions.add_parser("init", help="write every key with its default and a comment")
    init.add_argument("path", nargs="?", default="-", metavar="PATH", help="a new file; -, the default: stdout")
    check = actions.add_parser("check", help="say `ok`, or what is wrong and where")
    check.add_argument("path", metavar="FILE")
    show = actions.add_parser(
        "show",
        help="the effective values and where each comes from",
        usage="rawspoof config show [-c FILE] [options of run]",
    )
    add_options(show)


def run(args: argparse.Namespace) -> int:
    """0. Raises ConfigError, also where `init` finds its file there already, and OSError where it cannot write it."""
    if args.action == "check":
        load(args.path)
        print("ok")
        return 0
    from rawspoof.config.show import default_text, effective_text

    if args.action == "show":
        print(effective_text(args.config, overrides(args)), end="")
    elif args.path == "-":
        print(default_text(), end="")
    else:
        _create(args.path, default_text())
    return 0


def _create(path: str, text: str) -> None:
    try:
        with open(path, "x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise ConfigError(f"{path}: is there already; remove it or name another file") from None
