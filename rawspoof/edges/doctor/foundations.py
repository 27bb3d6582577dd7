"""What everything stands on: rights, libraries, the kernel's features, the user, the clock, a container around us.

Looks and judges; changes nothing, and installs nothing outside a namespace that is thrown away.
"""

import ctypes
import os
import pwd
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module, metadata
from pathlib import Path
from typing import Final

from rawspoof.config.model import Config
from rawspoof.edges.doctor.finding import Finding, advice, good, trouble
from rawspoof.edges.system import kernel, privileges
from rawspoof.edges.system.links import Link

TESTED: Final = {"debian": 12, "ubuntu": 24}
"""Oldest major version of a distribution that scripts/install and the tests are run on."""

_TIME_ERROR: Final = 5
"""adjtimex(2): the clock is synchronised by nobody."""
_TIMEX_BYTES: Final = 512
"""More than struct timex has anywhere."""
_CONTAINERS: Final = {".dockerenv": "Docker", "run/.containerenv": "Podman"}
_VERSION: Final = re.compile(r"(>=|<)\s*([\d.]+)")


def rights() -> Finding:
    """Whether we may do what the sensor does. Who else would start it may have other rights."""
    needed = {"CAP_NET_ADMIN": privileges.CAP_NET_ADMIN, "CAP_NET_RAW": privileges.CAP_NET_RAW}
    missing = [name for name, capability in needed.items() if not privileges.held(capability)]
    if missing:
        cure = "start rawspoof as root (in a container: --cap-add NET_ADMIN --cap-add NET_RAW)"
        return trouble("foundations.rights", f"rights are missing: {', '.join(missing)}", cure)
    return good("foundations.rights", f"rights are here: {', '.join(needed)}")


def libraries(load: Callable[[str], object] = import_module) -> Iterator[Finding]:
    """Whether netfilterqueue loads, and whether any library is of a version that we were not written for."""
    try:
        load("netfilterqueue")
    except ImportError as missing:
        what = f"netfilterqueue cannot be loaded: {missing}"
        yield trouble("foundations.netfilterqueue", what, "apt-get install libnetfilter-queue1")
    else:
        yield good("foundations.netfilterqueue", "netfilterqueue is here")
    installed = versions()
    unfit = [name for name, wanted in _wanted() if not fits(name, wanted, installed)]
    if unfit:
        odd = ", ".join(f"{name} {installed.get(name, 'missing')}" for name in unfit)
        what = f"libraries that rawspoof was not written for: {odd}"
        yield advice("foundations.libraries", what, "install rawspoof again, into a venv of its own")
    else:
        yield good("foundations.libraries", "all libraries are of versions that rawspoof knows")


def versions() -> dict[str, str]:
    """Version of each library that rawspoof needs, as far as they are there."""
    found = {}
    for name, _ in _wanted():
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def fits(name: str, wanted: str, installed: Mapping[str, str]) -> bool:
    """Whether the library's version meets a requirement such as `>=1.1,<2`."""
    if name not in installed:
        return False
    here = _numbers(installed[name])
    return all(
        here >= _numbers(limit) if sign == ">=" else here < _numbers(limit) for sign, limit in _VERSION.findall(wanted)
    )


def _wanted() -> list[tuple[str, str]]:
    """Name and version of each requirement that no extra brings; none where nothing is installed."""
    try:
        lines = metadata.requires("rawspoof") or []
    except metadata.PackageNotFoundError:
        return []
    plain = [re.match(r"([\w.-]+)(.*)", line) for line in lines if "extra ==" not in line]
    return [(found[1], found[2]) for found in plain if found]


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", version.partition("+")[0])))[:3]


def user(config: Config) -> Finding:
    """Whether the user that workers become is one."""
    name = config.sensor.user
    try:
        pwd.getpwnam(name)
    except KeyError:
        return trouble("foundations.user", f"there is no user {name!r}", "set sensor.user to one that exists")
    return good("foundations.user", f"packet workers become {name!r}")


def features() -> Iterator[Finding]:
    """What the kernel must have, tried. Raises PermissionError without root."""
    tried = {one.feature: one for one in kernel.features()}
    native, compat = tried.pop(kernel.QUEUE_NATIVE), tried.pop(kernel.QUEUE_COMPAT)
    for one in tried.values():
        if one.refusal:
            what = f"the kernel refuses {one.feature}: {one.refusal}"
            yield trouble("foundations.kernel", what, f"it takes {one.option}")
        else:
            yield good("foundations.kernel", f"the kernel has {one.feature}")
    form = native if compat.refusal or not native.refusal else compat
    if form.refusal:
        yield trouble("foundations.queue", "the kernel has no queue for nftables", f"it takes {compat.option}")
    else:
        yield good("foundations.queue", f"the kernel has {form.feature}")


def distribution(root: Path) -> Finding:
    """Whether this system is one that rawspoof is tried on."""
    name, found = system(root)
    oldest = TESTED.get(found.get("ID", ""))
    major = (_numbers(found.get("VERSION_ID", "")) or (0,))[0]
    if oldest and major and major < oldest:
        what = f"{name} is older than any that rawspoof is tried on"
        return advice("foundations.distribution", what, "Debian 12 or Ubuntu 24.04, or newer")
    return good("foundations.distribution", f"{name}, Linux {os.uname().release}")


def system(root: Path) -> tuple[str, dict[str, str]]:
    """The distribution's name for people, and everything in its os-release."""
    try:
        lines = (root / "etc/os-release").read_text(errors="replace").splitlines()
    except OSError:
        return "unknown system", {}
    found = {key: value.strip("\"'") for key, _, value in (line.partition("=") for line in lines)}
    return found.get("PRETTY_NAME", "unknown system"), found


def container(root: Path) -> str:
    """The name of the container's maker if we are in one, else ""."""
    for file, name in _CONTAINERS.items():
        if (root / file).exists():
            return name
    try:
        return (root / "run/systemd/container").read_text(errors="replace").strip()
    except OSError:
        return ""


def surrounded(root: Path, links: Sequence[Link]) -> Iterator[Finding]:
    """What a container around us means. Only there is every interface one end of a wire whose other end is outside."""
    name = container(root)
    cards = [link for link in links if link.name != "lo"]
    if name and cards and all(link.kind in ("veth", "macvlan", "ipvlan") for link in cards):
        what = f"a container ({name}) with a network of its own: only its own address answers, not the machine's"
        cure = "give it the machine's network: --network host --cap-add NET_ADMIN --cap-add NET_RAW"
        yield advice("foundations.container", what, cure)
    elif name:
        yield good("foundations.container", f"a container ({name}) with the machine's network")


def clock(adjtimex: Callable[[ctypes.Array[ctypes.c_char]], int] | None = None) -> Finding:
    """Whether anybody keeps the clock right."""
    ask = adjtimex or ctypes.CDLL(None).adjtimex
    if ask(ctypes.create_string_buffer(_TIMEX_BYTES)) == _TIME_ERROR:
        what = "nothing keeps the clock right, so the times of events may be wrong"
        return advice("foundations.clock", what, "apt-get install chrony (or systemd-timesyncd)")
    return good("foundations.clock", "the clock is kept right")
