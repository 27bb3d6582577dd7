"""What is left of portspoof and its like on this machine, and what of its recipes rawspoof has no need of.

Looks at processes of this network namespace and at files; changes nothing.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path, PurePath
from typing import Final

from rawspoof.edges.doctor.finding import Finding, advice, good
from rawspoof.edges.system import proc

OTHERS: Final = (
    "portspoof",
    "portspoof_py",
    "portsentry",
    "opencanaryd",
    "honeyd",
    "labrea",
    "endlessh",
    "artillery",
    "glutton",
    "heralding",
    "honeytrap",
)
"""Programs that answer on ports, or judge who asks there, as the sensor does."""

_UNITS: Final = ("etc/systemd/system/*.wants", "etc/init.d", "etc/rc3.d")
_SAVED: Final = ("etc/iptables/rules.v4", "etc/iptables/rules.v6", "etc/sysconfig/iptables", "etc/nftables.conf")
_SYSCTLS: Final = ("etc/sysctl.conf", "etc/sysctl.d/*.conf")
_MODPROBE: Final = ("etc/modprobe.d/*.conf",)
_REDIRECT: Final = re.compile(r"^[^#\n]*(REDIRECT --to-ports? 4444\b|redirect to :4444\b)", re.MULTILINE)
_TUNED: Final = re.compile(
    r"^\s*(net\.netfilter\.nf_conntrack_max\s*=\s*131072|net\.core\.somaxconn\s*=\s*4096|"
    r"options\s+xt_recent\s+ip_list_tot=10000)\s*$",
    re.MULTILINE,
)
"""portspoof's numbers. The kernel has no state of our connections, so there is nothing to make room for."""
_BYTES_MAX: Final = 1 << 20


def moving(root: Path) -> Iterator[Finding]:
    """Everything that is left. Processes that only root may look at are not found without."""
    yield from _processes()
    yield from _starts(root)
    for file, _ in _matching(root, _SAVED, _REDIRECT):
        what = f"{file} redirects ports to portspoof's 4444 again at the next boot"
        yield advice("moving.saved-rules", what, "remove those rules from it")
    if tuned := [f"{found} ({file})" for file, found in _matching(root, (*_SYSCTLS, *_MODPROBE), _TUNED)]:
        what = f"portspoof's tuning, which rawspoof has no need of: {'; '.join(tuned)}"
        yield advice("moving.tuning", what, "remove it, unless something else needs it")
    if (root / "proc/net/xt_recent/PORTSCAN").exists():
        what = "portspoof's hardening rules ban sources (xt_recent PORTSCAN); rawspoof counts by itself"
        yield advice("moving.recent", what, "remove the rules that name PORTSCAN: iptables -S | grep PORTSCAN")
    if (root / "etc/portspoof/portspoof.conf").exists():
        what = "rawspoof reads portspoof's configuration: rawspoof run -c /etc/portspoof/portspoof.conf"
        yield good("moving.configuration", what)


def _processes() -> Iterator[Finding]:
    for pid in proc.neighbours():
        name, arguments = proc.called(pid)
        if found := {_program(word) for word in _words(name, arguments)}.intersection(OTHERS):
            what = f"{min(found)} is running (pid {pid}); its own ports stay open as real services"
            yield advice("moving.process", what, "stop it, and see that nothing starts it again")


def _words(name: str, arguments: list[str]) -> list[str]:
    """Where a program's name may be; a script's is its interpreter's first argument, a module's the one after -m."""
    interpreted = bool(arguments) and PurePath(arguments[0]).name.startswith("python")
    return [name, *arguments[: 3 if interpreted else 1]]


def _program(word: str) -> str:
    return PurePath(word).name.removesuffix(".py").replace("-", "_")


def _starts(root: Path) -> Iterator[Finding]:
    for pattern in _UNITS:
        for entry in sorted(path for folder in root.glob(pattern) for path in folder.glob("*")):
            name = re.sub(r"^S\d\d", "", entry.name).partition(".")[0]
            if name.replace("-", "_").removesuffix("_simple") in OTHERS:
                cure = f"systemctl disable {name}" if ".wants" in pattern else f"update-rc.d {name} remove"
                yield advice("moving.boot", f"{name} starts at boot ({entry})", cure)
                # The same one is often found in several places.
                return


def _matching(root: Path, patterns: tuple[str, ...], wanted: re.Pattern[str]) -> Iterator[tuple[Path, str]]:
    """Each file that has it, and the first of it."""
    for path in sorted(path for pattern in patterns for path in root.glob(pattern)):
        with suppress(OSError), path.open(errors="replace") as file:
            if found := wanted.search(file.read(_BYTES_MAX)):
                yield path, " ".join(found[0].split())
