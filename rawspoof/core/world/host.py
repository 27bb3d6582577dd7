"""The story of one host that the banners of all its ports share: its name, its domain, the address it is asked at.

Knows nothing of ports but their number. The names end in suffixes that the public name system does not delegate, so no
banner points at somebody.
"""

from typing import Final

_ROLES: Final = (
    "web", "app", "srv", "node", "db", "mail", "files", "backup", "build", "edge", "proxy", "dev", "stage", "core",
    "ns", "mon", "vm", "host", "gw", "data", "shop", "intra", "log", "store", "batch", "print", "auth", "media",
)  # fmt: skip
_FIRST: Final = (
    "north", "south", "east", "west", "blue", "green", "silver", "stone", "river", "lake", "hill", "oak", "pine",
    "iron", "bright", "clear", "high", "long", "new", "old", "grand", "prime", "union", "delta", "nova", "terra",
)  # fmt: skip
_SECOND: Final = (
    "gate", "bridge", "field", "ford", "haven", "mark", "point", "port", "ridge", "side", "stead", "tec", "ware",
    "works", "line", "net", "soft", "trade", "media", "group", "med", "bau", "log", "data",
)  # fmt: skip
_SUFFIXES: Final = ("lan", "local", "internal", "intranet", "corp", "private", "home.arpa")


def facts(throws: bytes, dst: bytes, port: int, seed: bytes) -> dict[str, bytes]:
    """What templates may name of a host (HOST_FACTS): `throws` are 16 or more random bytes of the host.

    `dst` is its packed address; `seed` are four random bytes of the port.
    """
    role = _ROLES[throws[0] % len(_ROLES)]
    name = f"{role}{throws[1] % 12 + 1:02d}" if throws[2] & 3 else role
    first, second = _FIRST[throws[3] % len(_FIRST)], _SECOND[throws[4] % len(_SECOND)]
    domain = f"{first}{second}.{_SUFFIXES[throws[5] % len(_SUFFIXES)]}"
    return {
        "host": name.encode(),
        "domain": domain.encode(),
        "fqdn": f"{name}.{domain}".encode(),
        "addr": address(dst).encode(),
        "port": b"%d" % port,
        "pid": b"%d" % (600 + int.from_bytes(seed[:2]) % 31000),
        "seed": seed,
    }


def address(packed: bytes) -> str:
    """An address as servers print it: `192.0.2.7`, or eight groups for IPv6 (not shortened, RFC 4291 §2.2 form 1)."""
    if len(packed) == 4:
        return ".".join(map(str, packed))
    return ":".join(f"{int.from_bytes(packed[i : i + 2]):x}" for i in range(0, 16, 2))
