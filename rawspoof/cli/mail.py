"""`rawspoof mail test`: sends a mail by the settings there are, and says in one line what went wrong."""

import argparse
import os
from typing import Final

from rawspoof.config.load import ConfigError, load

EPILOG: Final = """\
example:
  sudo rawspoof mail test -c rawspoof.toml
"""

BODY: Final = """\
This is the test mail that `rawspoof mail test` sends: digests will come this way.
"""


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `mail` to the commands."""
    parser = subparsers.add_parser("mail", help="try the mail settings", epilog=EPILOG)
    actions = parser.add_subparsers(title="actions", dest="action", metavar="ACTION", required=True)
    test = actions.add_parser("test", help="send a test mail")
    test.add_argument("-c", "--config", metavar="FILE", required=True, help="the configuration")


def run(args: argparse.Namespace) -> int:
    """0. Raises ConfigError, and MailError (an OSError) for what the server would not do."""
    config = load(args.config, {}, os.environ)
    import secrets
    import socket

    from rawspoof.config.mail import recipients, wrong_keys
    from rawspoof.edges.sinks.mail.digest import message
    from rawspoof.edges.sinks.mail.sender import send
    from rawspoof.edges.sinks.mail.settings import Settings
    from rawspoof.edges.system.clock import steady

    settings = Settings(config.mail)
    mail = settings.now()
    for key, what in wrong_keys(mail):
        raise ConfigError(f"{mail.json_file or args.config}: mail.{key}: {what}")
    made = message(f"[portspoof] test of {socket.gethostname()}", BODY, mail, steady()(), secrets.token_hex(16))
    refused = send(mail, settings.password, made)
    taken = [to for to in recipients(mail) if to not in refused]
    print(f"{mail.smtp_host}:{mail.smtp_port} takes mail to {', '.join(taken)}")
    if refused:
        print(f"but not to {', '.join(refused)}")
    if not mail.enabled:
        print("digests are off: mail.enabled = true")
    return 1 if refused else 0
