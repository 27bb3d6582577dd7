"""`rawspoof signatures`: counts, lists and shows the services there are, checks files of them, converts others'."""

import argparse
import json
import secrets
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from rawspoof.cli.run import add_options, configured
from rawspoof.config.load import ConfigError
from rawspoof.core.signature.catalogue import Catalogue
from rawspoof.core.signature.identity import Identity
from rawspoof.core.signature.template import Template

EPILOG: Final = """\
Of stats, list and show, -s adds files, as it does for run.
example:
  rawspoof signatures check mine.toml
  rawspoof signatures import /usr/share/nmap/nmap-service-probes -o nmap
"""

_PAGE: Final = "GET / HTTP/1.0"

TOP: Final = 20
"""Protocols that `stats` names; the others are summed up."""


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `signatures` to the commands."""
    parser = subparsers.add_parser("signatures", help="count, list, show, check and import services", epilog=EPILOG)
    actions = parser.add_subparsers(title="actions", dest="action", metavar="ACTION", required=True)
    stats = actions.add_parser("stats", help="how many identities, products and protocols there are")
    stats.add_argument("--json", action="store_true", help="as one JSON object, with every protocol")
    listed = actions.add_parser("list", help="each service: id, protocol, identities, ports")
    show = actions.add_parser("show", help="what an identity of a service says")
    show.add_argument("id", metavar="SERVICE", help="its id, as `list` has it")
    show.add_argument("number", metavar="NUMBER", nargs="?", type=int, default=0, help="which identity, from 0")
    for action in (stats, listed, show):
        add_options(action, ("signatures", "compat_expander"))
    check = actions.add_parser("check", help="tell what is wrong in files, ours if none is named")
    check.add_argument("paths", metavar="FILE", nargs="*", type=Path, help="a file or folder")
    check.add_argument("--nmap", metavar="FILE", type=Path, help="nmap's data file (default: where nmap keeps it)")
    convert = actions.add_parser("import", help="write a file of nmap or portspoof as TOML")
    convert.add_argument("path", metavar="FILE", type=Path)
    convert.add_argument("-o", "--output", metavar="DIR", type=Path, required=True, help="a new or empty folder")
    convert.add_argument("--seed", metavar="TEXT", help="draw the same texts again (default: others each time)")
    convert.add_argument("--compat-expander", action="store_true", help="as portspoof's own generator would")


def run(args: argparse.Namespace) -> int:
    """0; 1 where `check` found something. Raises ConfigError and OSError."""
    actions = {"stats": _stats, "list": _list, "show": _show, "check": _check, "import": _import}
    return actions[args.action](args)


def _catalogue(args: argparse.Namespace) -> Catalogue:
    from rawspoof.edges.system import imports
    from rawspoof.edges.system.signatures import load_catalogue

    config = configured(args)
    catalogue, problems = load_catalogue(config.signatures, imports.wishes(config, b""))
    for problem in problems:
        print(f"rawspoof: {problem}", file=sys.stderr)
    return catalogue


def _stats(args: argparse.Namespace) -> int:
    from rawspoof.edges.system.audit import identities

    catalogue = _catalogue(args)
    every = {i[1:5] for service in catalogue.services.values() for i in identities(service)}
    protocols = Counter(protocol for protocol, *_ in every)
    counts = {
        "identities": len(every),
        "products": len({(protocol, product) for protocol, product, *_ in every}),
        "protocols": len(protocols),
        "services": len(catalogue.services),
    }
    if args.json:
        print(json.dumps({**counts, "by_protocol": dict(protocols.most_common())}))
        return 0
    print("".join(f"{name:<12}{count:>7}\n" for name, count in counts.items()))
    for protocol, count in protocols.most_common(TOP):
        print(f"  {protocol:<20}{count:>7}")
    rest = protocols.most_common()[TOP:]
    if rest:
        print(f"  {f'{len(rest)} more':<20}{sum(count for _, count in rest):>7}")
    return 0


def _list(args: argparse.Namespace) -> int:
    for service in _catalogue(args).services.values():
        ports = [str(port) for port, weight in sorted(service.ports.items(), key=lambda of: -of[1]) if weight]
        places = ",".join([*ports[:6], *(["..."] if ports[6:] else []), *(["any"] if service.elsewhere else [])])
        size = sum(lot.size for lot in service.varieties)
        print(f"{service.id:<32} {service.protocol:<16} {size:>6}  {places}")
    return 0


def _show(args: argparse.Namespace) -> int:
    from itertools import islice

    from rawspoof.edges.system.audit import identities

    services = _catalogue(args).services
    if args.id not in services:
        raise ConfigError(f"there is no service `{args.id}`; `rawspoof signatures list` names them")
    identity = next(islice(identities(services[args.id]), max(args.number, 0), None), None)
    if identity is None:
        raise ConfigError(f"`{args.id}` has no identity {args.number}")
    print("\n".join(f"{name:<10}{value}" for name, value in _facts(identity)))
    return 0


def _facts(identity: Identity) -> Iterator[tuple[str, str]]:
    for name in ("service", "protocol", "product", "version", "os"):
        yield name, str(getattr(identity, name)) or "-"
    if identity.greet is not None:
        yield "greets", _said(identity.greet)
    for answer in identity.answers:
        yield "asked", str(answer.when.pattern)[2:-1]
        yield "  says", _said(answer.say.bind(dict.fromkeys(answer.when.groupindex, b"")))
    if identity.site is not None:
        yield "asked", _PAGE
        yield "  says", _heard(identity, f"{_PAGE}\r\n\r\n".encode())


def _heard(identity: Identity, request: bytes) -> str:
    from rawspoof.core.conversation.visit import Visit
    from rawspoof.core.conversation.which import conversation
    from rawspoof.edges.system.audit import NOON

    return str(conversation(Visit(identity)).heard(request, NOON).data)[2:-1]


def _said(template: Template) -> str:
    from rawspoof.edges.system.audit import NOON

    return str(template.render(NOON))[2:-1]


def _check(args: argparse.Namespace) -> int:
    from rawspoof.edges.system import audit
    from rawspoof.edges.system.signatures import folder

    nmap = args.nmap or audit.nmap_file()
    looked = audit.Audit(audit.scanner(nmap) if nmap else None)
    for path in args.paths or [folder() / "services"]:
        looked.look(path)
    for problem in looked.problems:
        print(problem)
    against = f"as {nmap} has it" if nmap else "and nmap's data file is not here to say what it would print"
    problems = len(looked.problems)
    print(f"{looked.identities} identities of {looked.services} services, {problems} problems, {against}")
    return 1 if problems else 0


def _import(args: argparse.Namespace) -> int:
    from rawspoof.edges.system import imports
    from rawspoof.edges.system.signatures import load_catalogue

    secret = args.seed.encode() if args.seed else secrets.token_bytes(32)
    ours, _ = load_catalogue(())
    texts, problems = imports.convert(args.path, imports.Wishes(secret, old=args.compat_expander), ours.services)
    args.output.mkdir(parents=True, exist_ok=True)
    if any(args.output.iterdir()):
        raise ConfigError(f"{args.output}: is not empty; name a new folder with -o")
    for name, text in texts.items():
        (args.output / name).write_text(text, encoding="utf-8")
    for problem in problems:
        print(f"rawspoof: {problem}", file=sys.stderr)
    print(f"{len(texts)} files in {args.output}; use them with -s {args.output}")
    return 0
