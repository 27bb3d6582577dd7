"""What the default configuration wants to know of this machine. Looks; judges nothing and changes nothing.

Without root the names of other people's processes stay unknown.
"""

import os
import platform
import pwd
import re
from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from rawspoof.config.model import Sensor
from rawspoof.config.suggest import Facts, Interface
from rawspoof.edges.system import links, proc, surroundings
from rawspoof.edges.system.proc import PROC

_TITLE: Final = re.compile(r"sshd(?:-session)?: ([^\s@]+)")
"""What OpenSSH calls the process of a session."""


def facts(environ: Mapping[str, str]) -> Facts:
    """Everything, of the network namespace that we are in. `environ` is where sshd tells of our own session."""
    listeners = proc.listeners()
    outer = {one.port: _who(one.pid) for one in listeners if not one.address.is_loopback}
    inner = {one.port: _who(one.pid) for one in listeners if one.port not in outer}
    return Facts(
        interfaces=tuple(interfaces()),
        services=tuple(sorted(outer.items())),
        inner=tuple(sorted(inner.items())),
        gateways=_texts(surroundings.gateways()),
        resolvers=_texts(surroundings.resolvers()),
        sessions=tuple(sorted(set(sessions(environ)))),
        system=system(),
        cores=len(os.sched_getaffinity(0)),
        free_mb=free_mb(Path(Sensor().state_dir)),
        user=_is_user(Sensor().user),
    )


def interfaces() -> Iterator[Interface]:
    """Every one but loopback, in the kernel's order."""
    for link in links.links():
        if link.name != "lo":
            addresses = (str(one.interface) for one in link.addresses if not one.interface.ip.is_link_local)
            yield Interface(link.name, link.kind, tuple(addresses))


def sessions(environ: Mapping[str, str], root: Path = PROC) -> Iterator[tuple[str, str]]:
    """Who is logged in by SSH, and from where; of our own session only the address."""
    known = set()
    for one in proc.connections(root):
        name, title = proc.called(one.pid, root) if one.pid else ("", [])
        if name.startswith("sshd") and not one.peer.is_loopback:
            known.add(str(one.peer))
            user = _TITLE.match(title[0] if title else "")
            yield user[1] if user else "", str(one.peer)
    own = environ.get("SSH_CONNECTION", "").partition(" ")[0]
    if own and own not in known and _is_address(own):
        yield "", own


def system(release: Path = Path("/etc/os-release")) -> str:
    """The operating system and its kernel: `Debian GNU/Linux 12 (bookworm), Linux 6.1.0`."""
    try:
        found = re.search(r'^PRETTY_NAME="?([^"\n]*)', release.read_text(errors="replace"), re.MULTILINE)
    except OSError:
        found = None
    return ", ".join([*([found[1]] if found else []), f"{platform.system()} {platform.release()}"])


def free_mb(folder: Path) -> int | None:
    """MiB that are free for us where the folder is or would be made; None where nobody can say."""
    there = next(path for path in (folder, *folder.parents) if path.exists())
    try:
        about = os.statvfs(there)
    except OSError:
        return None
    return about.f_bavail * about.f_frsize >> 20


def _who(pid: int | None) -> str:
    return proc.called(pid)[0] if pid else ""


def _texts(packed: set[bytes]) -> tuple[str, ...]:
    return tuple(str(ip_address(one)) for one in sorted(packed))


def _is_user(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
