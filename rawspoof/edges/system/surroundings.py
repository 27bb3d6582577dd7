"""Whom this machine lives with: its own addresses, gateways, resolvers, and whoever it has connections with.

Reads /proc and resolv.conf each time it is asked; judges nothing. `/proc/net` shows the network namespace of the
process that reads it.
"""

import struct
from collections.abc import Iterator
from contextlib import suppress
from ipaddress import IPv6Address, ip_address
from pathlib import Path
from typing import Final

from rawspoof.edges.system.proc import PROC

RESOLV_CONFS: Final = (Path("/etc/resolv.conf"), Path("/run/systemd/resolve/resolv.conf"))
"""The second has the servers behind systemd's own, whose address the first has then."""

_TCP_LISTEN, _TCP_TIME_WAIT, _TCP_CLOSE, _TCP_SYN_RECV, _TCP_NEW_SYN_RECV = "0A", "06", "07", "03", "0C"
_NO_PEERS: Final = frozenset((_TCP_LISTEN, _TCP_TIME_WAIT, _TCP_CLOSE, _TCP_SYN_RECV, _TCP_NEW_SYN_RECV))
"""States without a peer, or with one that has proven nothing yet, or that is gone."""


def own(proc: Path = PROC) -> set[bytes]:
    """Addresses of this machine, packed."""
    lines = _lines(proc / "net/fib_trie")
    four = {ip_address(lines[at - 1].split()[-1]).packed for at, line in enumerate(lines) if "/32 host LOCAL" in line}
    return four | {bytes.fromhex(line.split()[0]) for line in _lines(proc / "net/if_inet6")}


def gateways(proc: Path = PROC) -> set[bytes]:
    """Routers that this machine sends through, packed."""
    four = {struct.pack("=I", int(line.split()[2], 16)) for line in _lines(proc / "net/route")[1:]}
    six = {bytes.fromhex(line.split()[4]) for line in _lines(proc / "net/ipv6_route")}
    return (four | six) - {bytes(4), bytes(16)}


def resolvers(files: tuple[Path, ...] = RESOLV_CONFS) -> set[bytes]:
    """Name servers, packed."""
    found = set()
    for file in files:
        for line in _lines(file):
            word, _, rest = line.strip().partition(" ")
            with suppress(ValueError):
                if word == "nameserver":
                    found.add(ip_address(rest.strip().partition("%")[0]).packed)
    return found


def peers(proc: Path = PROC) -> set[bytes]:
    """The other sides of this machine's TCP connections, packed; IPv4 ones as such."""
    return set(_peers(proc))


def _peers(proc: Path) -> Iterator[bytes]:
    for name in ("net/tcp", "net/tcp6"):
        for line in _lines(proc / name)[1:]:
            _, _, far, state, *_ = line.split()
            if state not in _NO_PEERS:
                text = far.partition(":")[0]
                words = [int(text[at : at + 8], 16) for at in range(0, len(text), 8)]
                packed = struct.pack(f"={len(words)}I", *words)
                mapped = IPv6Address(packed).ipv4_mapped if len(packed) == 16 else None
                yield mapped.packed if mapped else packed


def _lines(path: Path) -> list[str]:
    """The lines of a file; none where there is no such file (IPv6 off)."""
    try:
        return path.read_text(errors="replace").splitlines()
    except OSError:
        return []
