"""`rawspoof doctor`: says whether this machine is fit for the sensor, and what to do where it is not."""

import argparse
from typing import Final

from rawspoof.cli.rules import add_options_of_run
from rawspoof.cli.run import configured, ports

EPILOG: Final = """\
Nothing is changed. The exit status is 1 where the sensor would not work.
--scan looks at this machine as an attacker does, over a wire of its own that is
gone afterwards; the sensor reports it as a scan.
example:
  sudo rawspoof doctor -c /etc/rawspoof/rawspoof.toml
  sudo rawspoof doctor --scan
"""


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `doctor` to the commands."""
    parser = subparsers.add_parser(
        "doctor",
        help="see whether this machine is fit for it (root)",
        description="See whether this machine is fit for the sensor, and what may surprise you.",
        usage="rawspoof doctor [-c FILE] [-v] [--json] [--connect]\n"
        "                       [--scan [--ports N[-M]]] [options of run]",
        epilog=EPILOG,
        # -v is another matter here than with `run`.
        conflict_handler="resolve",
    )
    add_options_of_run(parser)
    parser.add_argument("-v", "--verbose", dest="all", action="store_true", help="tell what is fine too")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("--connect", action="store_true", help="try to reach the places that events go to")
    parser.add_argument("--scan", action="store_true", help="show what an attacker sees now")
    parser.add_argument(
        "--ports", metavar="N[-M]", action="extend", type=ports, help="ports to scan (repeatable; default: 1,000)"
    )


def run(args: argparse.Namespace) -> int:
    """0, or 1 where something stands in the sensor's way. Raises ConfigError, ScanError, OSError."""
    config = configured(args)
    from datetime import UTC, datetime

    from rawspoof.edges.doctor import doctor, host, scan, told
    from rawspoof.edges.system.links import links

    findings, view = doctor.examine(config, args.config or "", args.connect), None
    if args.scan:
        view = scan.scan(config, args.ports)
        findings = [*findings, *view.findings]
    if args.json:
        print(told.as_json(findings, view, host.host(links()), datetime.now(UTC)), end="")
    else:
        print(told.as_text(findings, view, args.all), end="")
    return int(not doctor.is_fit(findings))
