"""`rawspoof admin`: writes the web admin's password file."""

import argparse
import getpass
import sys
from typing import Final

from rawspoof.cli.run import add_options, configured
from rawspoof.config.load import ConfigError

EPILOG: Final = """\
example:
  sudo rawspoof admin passwd && sudo rawspoof run --admin-port 8080
"""

PASSWORD_MIN: Final = 8
"""Characters; whoever gets in may block anybody and read every password that attackers tried."""


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `admin` to the commands."""
    parser = subparsers.add_parser("admin", help="who may use the web admin", epilog=EPILOG)
    actions = parser.add_subparsers(title="actions", dest="action", metavar="ACTION", required=True)
    passwd = actions.add_parser("passwd", help="set the password, asked for or from stdin")
    passwd.add_argument("--user", default="admin", help="the user's name (default: admin)")
    token = actions.add_parser("token", help="make a token for scripts, and print it")
    token.add_argument("name", metavar="NAME", help="what it is for")
    for action in (passwd, token):
        add_options(action, ("sensor.state_dir", "admin.passwd_file"))


def run(args: argparse.Namespace) -> int:
    """0. Raises ConfigError, and SinkError for a file that is none of ours."""
    from rawspoof.edges.web import passwords

    path = passwords.path(configured(args))
    if args.action == "token":
        print(passwords.add_token(path, _word("NAME", args.name)))
    else:
        passwords.set_password(path, _word("--user", args.user), _password())
        print(f"{path}: {args.user} may come in; restart rawspoof for it", file=sys.stderr)
    return 0


def _word(what: str, text: str) -> str:
    if not text.isprintable() or not text or ":" in text or text.startswith("#"):
        raise ConfigError(f"command line: {what}: expected a name without `:`, got {text!r}")
    return text


def _password() -> str:
    """From a terminal twice, from anything else the first line."""
    if sys.stdin.isatty():
        said = getpass.getpass("Password: ")
        if getpass.getpass("Once more: ") != said:
            raise ConfigError("the two are not the same")
    else:
        said = sys.stdin.readline().rstrip("\r\n")
    if len(said) < PASSWORD_MIN:
        raise ConfigError(f"expected a password of at least {PASSWORD_MIN} characters")
    return said
