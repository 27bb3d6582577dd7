"""Countries of addresses, from a MaxMind DB file that the operator names. Without one: nothing, and nobody is asked."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from rawspoof.edges.sinks.base import SinkError

Country = Callable[[bytes], str]
"""Two letters for a packed address, "" where they are not known."""


class _Database(Protocol):
    def get(self, address: Any) -> Any: ...


def nobody(address: bytes) -> str:
    """The countries without a file."""
    return ""


def countries(path: str) -> Country:
    """A function that looks addresses up in this file. Raises SinkError where it is none."""
    from maxminddb import MODE_MMAP, InvalidDatabaseError, open_database

    try:
        # What is mapped stays readable when the process is nobody's any more.
        database = open_database(Path(path), MODE_MMAP)
    except (OSError, InvalidDatabaseError, ValueError) as error:
        what = getattr(error, "strerror", None) or "no MaxMind DB file (.mmdb)"
        raise SinkError(f"admin.geoip_file: {path}: {what}") from None
    return lambda address: country(database, address)


def country(database: _Database, address: bytes) -> str:
    """What a database says of an address."""
    from ipaddress import ip_address

    try:
        found = database.get(ip_address(address))
    except Exception:
        return ""
    for part in ("country", "registered_country"):
        code = found.get(part) if isinstance(found, dict) else None
        if isinstance(code, dict):
            code = code.get("iso_code")
        if isinstance(code, str) and len(code) == 2 and code.isascii() and code.isalpha():
            return code.upper()
    return ""
