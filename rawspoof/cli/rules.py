"""`rawspoof rules`: prints the firewall rules that a configuration asks for; installs nothing, needs no root."""

import argparse
from typing import Final

from rawspoof.cli.run import OPTIONS, configured

EPILOG: Final = """\
`rawspoof run` installs its table itself. Print it to read it, or to load it by
hand for `rawspoof run --no-firewall`.
example:
  rawspoof rules --iface eth0 --format iptables | sudo sh
"""


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `rules` to the commands."""
    parser = subparsers.add_parser(
        "rules",
        help="print the firewall rules",
        description="Print the firewall rules that a configuration asks for. Installs nothing.",
        usage="rawspoof rules [-c FILE] [--native | --compat] [--format nft|iptables]\n"
        "                      [options of run]",
        epilog=EPILOG,
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--native", action="store_true", help="nft text that `nft -f` loads (default)")
    form.add_argument("--compat", action="store_true", help="as nft shows it on kernels without nft's own queue")
    parser.add_argument("--format", choices=("nft", "iptables"), default="nft", help="default: nft")
    add_options_of_run(parser)


def run(args: argparse.Namespace) -> int:
    """0. Raises ConfigError."""
    config = configured(args)
    from rawspoof.edges.firewall.iptables import as_iptables
    from rawspoof.edges.firewall.nft import as_nft
    from rawspoof.edges.firewall.plan import plan_from

    plan = plan_from(config)
    print(as_iptables(plan) if args.format == "iptables" else as_nft(plan, compat=args.compat), end="")
    return 0


def add_options_of_run(parser: argparse.ArgumentParser) -> None:
    """Add `-c`, and, without a line of help each, the options by which `run` changes the configuration."""
    parser.add_argument("-c", "--config", metavar="FILE", help="the configuration")
    for key, flags, how in OPTIONS:
        parser.add_argument(*flags, dest=key, default=argparse.SUPPRESS, **how | {"help": argparse.SUPPRESS})
