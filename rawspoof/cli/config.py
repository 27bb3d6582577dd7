"""`rawspoof config`: writes the default file, checks files, shows what is in effect and what differs."""

import argparse
import os
from typing import Final

from rawspoof.cli import migrate
from rawspoof.cli.checking import is_right
from rawspoof.cli.run import add_options, overrides
from rawspoof.config.load import ConfigError, load

EPILOG: Final = """\
A variable (RAWSPOOF_WORLD_KIND=open is world.kind) goes over the file, a flag
over both.
example:
  rawspoof config init rawspoof.toml && rawspoof config check rawspoof.toml
"""


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `config` to the commands."""
    parser = subparsers.add_parser("config", help="write, check, show or compare configurations", epilog=EPILOG)
    actions = parser.add_subparsers(title="actions", dest="action", metavar="ACTION", required=True)
    init = actions.add_parser("init", help="write every key with its default and a comment")
    init.add_argument("path", nargs="?", default="-", metavar="PATH", help="a new file; -, the default: stdout")
    init.add_argument("--plain", action="store_true", help="say nothing of this machine: the same file everywhere")
    check = actions.add_parser("check", help="say `ok`, or everything that is wrong and where")
    check.add_argument("paths", nargs="+", metavar="FILE", help="with the files that it names")
    show = actions.add_parser(
        "show",
        help="the effective values and where each comes from",
        usage="rawspoof config show [-c FILE] [--secrets] [options of run]",
    )
    show.add_argument("--secrets", action="store_true", help="passwords and webhooks' addresses too")
    add_options(show)
    diff = actions.add_parser("diff", help="what differs from the defaults, or between two files")
    diff.add_argument("path", metavar="FILE")
    diff.add_argument("other", nargs="?", metavar="FILE2", help="default: how FILE differs from the defaults")
    migrate.add(actions)


def run(args: argparse.Namespace) -> int:
    """0, or 2 for a file that is not right. Raises ConfigError, and OSError where `init` cannot write."""
    actions = {"init": _init, "check": _check, "show": _show, "diff": _diff, "import": migrate.run}
    return actions[args.action](args)


def _init(args: argparse.Namespace) -> int:
    from rawspoof.config.show import default_text

    if args.plain:
        text = default_text()
    else:
        from rawspoof.config import suggest
        from rawspoof.edges.system.facts import facts

        found = facts(os.environ)
        text = default_text(suggest.notes(found), suggest.settings(found))
    if args.path == "-":
        print(text, end="")
    else:
        _create(args.path, text)
    return 0


def _create(path: str, text: str) -> None:
    try:
        with open(path, "x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise ConfigError(f"{path}: is there already; remove it or name another file") from None


def _check(args: argparse.Namespace) -> int:
    right = [is_right(path, {}, f"{path}: ok" if args.paths[1:] else "ok") for path in args.paths]
    return 0 if all(right) else 2


def _show(args: argparse.Namespace) -> int:
    from rawspoof.config.show import effective_text

    print(effective_text(args.config, overrides(args), os.environ, args.secrets), end="")
    return 0


def _diff(args: argparse.Namespace) -> int:
    from rawspoof.config.diff import differences

    old, new = (None, args.path) if args.other is None else (args.path, args.other)
    print("\n".join(differences(load(old), load(new))))
    return 0
