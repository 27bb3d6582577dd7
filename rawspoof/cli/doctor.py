"""`rawspoof doctor`: says whether this machine is fit for the sensor, and what to do where it is not."""

import argparse
from typing import Final

from rawspoof.cli.rules import add_options_of_run
from rawspoof.cli.run import configured

EPILOG: Final = """\
Nothing is changed. The exit status is 1 where the sensor would not work.
example:
  sudo rawspoof doctor -c /etc/rawspoof.toml
"""


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `doctor` to the commands."""
    parser = subparsers.add_parser(
        "doctor",
        help="see whether this machine is fit for it (root)",
        description="See whether this machine is fit for the sensor, and what may surprise you.",
        usage="rawspoof doctor [-c FILE] [options of run]",
        epilog=EPILOG,
    )
    add_options_of_run(parser)


def run(args: argparse.Namespace) -> int:
    """0, or 1 where something stands in the sensor's way. Raises ConfigError."""
    config = configured(args)
    from rawspoof.edges.system.doctor import examine
    from rawspoof.edges.system.finding import Level

    findings = examine(config)
    for level, what, cure in findings:
        print(f"{level.value:8}{what}")
        if cure:
            print(f"{'':8}→ {cure}")
    return int(any(finding.level is Level.TROUBLE for finding in findings))
