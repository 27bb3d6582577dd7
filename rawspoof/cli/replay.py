"""`rawspoof replay`: a capture walks through the sensor as if it arrived now. No root, no network, nothing random."""

import argparse
import os
from typing import Final

from rawspoof.config.load import load

EPILOG: Final = """\
With neither -w nor --events the events go to standard output.
The same secret, configuration and capture give the same packets and events.
example:
  rawspoof replay scan.pcap -w answers.pcap --secret-file ./secret
"""


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `replay` to the commands."""
    parser = subparsers.add_parser("replay", help="answer a pcap file into another", epilog=EPILOG)
    parser.add_argument("input", metavar="IN.pcap", help="what arrived")
    parser.add_argument("-w", dest="output", metavar="OUT.pcap", help="where the answers go")
    parser.add_argument("--events", metavar="FILE", help="append events as JSON (ECS); -: stdout")
    parser.add_argument("-c", "--config", metavar="FILE", help="the configuration")
    parser.add_argument("--secret-file", metavar="FILE", help="what the world is dealt from")


def run(args: argparse.Namespace) -> int:
    """The replay's exit status. Raises ConfigError, and OSError for a file."""
    config = load(args.config, {"sensor.secret_file": args.secret_file} if args.secret_file else {}, os.environ)
    import logging

    from rawspoof import replay

    logging.basicConfig(format="rawspoof: %(message)s", level=logging.INFO)
    return replay.run(config, args.input, args.output, args.events or (None if args.output else "-"))
