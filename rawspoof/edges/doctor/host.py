"""What this machine is, as facts for a report. Reads; judges nothing."""

import os
import platform
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rawspoof import __version__
from rawspoof.edges.doctor.foundations import system, versions
from rawspoof.edges.system.links import Link


def host(links: Sequence[Link], root: Path = Path("/")) -> dict[str, Any]:
    """The facts, as JSON takes them (see `told.as_json`)."""
    return {
        "version": __version__,
        "name": socket.gethostname(),
        "system": system(root)[0],
        "kernel": os.uname().release,
        "python": platform.python_version(),
        "libraries": versions(),
        "root": os.geteuid() == 0,
        "interfaces": [
            {
                "name": link.name,
                "kind": link.kind,
                "up": link.up,
                "mtu": link.mtu,
                "addresses": [str(one.interface) for one in link.addresses],
            }
            for link in links
        ],
    }
