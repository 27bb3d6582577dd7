"""What scripts/deb --try does: builds the package, and lives with it in a bare Debian with systemd, from its
installation to its purge.

Decides what has to be so; the machine and the wire to an attacker are scripts/booting's.
"""

import argparse
import hashlib
import os
import re
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from booting import checks
from booting.checks import active, pid, require, tables
from booting.machine import Broken, Machine, bootstrap, call

ROOT = Path(__file__).parents[2]
VERSION = re.findall(r'__version__ = "(.*)"', (ROOT / "rawspoof/__init__.py").read_text())[0]
NEXT = f"{VERSION}+next"
BUILD_S = INSTALL_S = 600.0
CAPTURE = ROOT / "tests/captures/nmap-version.pcap"
CONFIG = "/etc/rawspoof/rawspoof.toml"
NEEDED = ("python3", "libnetfilter-queue1", "libgcc-s1")
"""What the package depends on comes first, so that it alone makes a difference."""


def is_built(folder: Path, suite: str) -> str:
    """The package, the same once more, and a next one: in `folder`. Raises Broken."""
    first, second = (build(folder / name) for name in ("one", "two"))
    require(digest(first) == digest(second), "two builds of the same tree are not the same")
    package_next(first, folder)
    return f"{first.stat().st_size} bytes, for {suite}; again: the same"


def build(folder: Path) -> Path:
    folder.mkdir()
    return Path(call(str(ROOT / "scripts/deb"), "--output", str(folder), within_s=BUILD_S).splitlines()[-1])


def package_next(first: Path, folder: Path) -> None:
    """A later one beside the first, whose default settings say something else."""
    stage = folder / "next"
    call("dpkg-deb", "--raw-extract", str(first), str(stage))
    control = stage / "DEBIAN/control"
    control.write_text(control.read_text().replace(f"\nVersion: {VERSION}\n", f"\nVersion: {NEXT}\n"))
    with open(f"{stage}{CONFIG}", "a") as file:
        file.write("# theirs\n")
    name = first.name.replace(VERSION, NEXT)
    call("dpkg-deb", "--build", "--root-owner-group", "-Znone", str(stage), str(first.with_name(name)))


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def apt(machine: Machine, *what: str) -> str:
    """What apt-get says. Changed settings are kept, as the default answer to dpkg's question would. Raises Broken."""
    quiet = ("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-y", "--no-install-recommends")
    return machine.do(*quiet, "-o", "Dpkg::Options::=--force-confold", *what, within_s=INSTALL_S)


def package(machine: Machine, version: str) -> str:
    (found,) = (machine.root / "root").glob(f"rawspoof_{version}_*.deb")
    return f"/root/{found.name}"


def is_installed(machine: Machine) -> str:
    said = apt(machine, "install", package(machine, VERSION))
    require("systemctl enable --now rawspoof" in said.splitlines()[-1], f"its last line is another: {said}")
    require(machine.run("which", "gcc")[0], "there is a compiler, which proves little")
    require(not active(machine) and not tables(machine), "it runs")
    require(machine.run("systemctl", "is-enabled", "rawspoof")[0], "it is enabled")
    require(machine.do("rawspoof", "--version") == f"rawspoof {VERSION}\n", "it says another version")
    require(machine.do("stat", "-c", "%U:%G:%a", CONFIG) == "root:rawspoof:640\n", "its settings are anybody's")
    machine.do("rawspoof", "config", "check", CONFIG)
    return machine.do("du", "-sk", "/usr/lib/rawspoof").split()[0] + " KiB with what Python compiled"


def answers_a_capture(machine: Machine) -> str:
    machine.do("sh", "-c", "head -c 32 /dev/urandom >/tmp/secret")
    # scapy makes ~/.config for whoever has none.
    replay = ("env", "HOME=/tmp", "rawspoof", "replay", f"/root/{CAPTURE.name}", "--secret-file", "/tmp/secret")
    machine.do(*replay, "-w", "/tmp/answers.pcap")
    size = int(machine.do("stat", "-c", "%s", "/tmp/answers.pcap"))
    require(size > 1000, f"{size} bytes of answers")
    return f"{size} bytes of answers, and no compiler there"


def starts(machine: Machine) -> str:
    machine.do("systemctl", "enable", "rawspoof")
    if machine.run("systemctl", "start", "rawspoof")[0]:
        raise Broken(machine.do("journalctl", "-u", "rawspoof", "-n", "5", "-o", "cat"))
    require(active(machine) and tables(machine) == 1, "it does not answer")
    return checks.is_confined(machine)


def is_upgraded(machine: Machine) -> str:
    machine.do("sh", "-c", f"echo '# mine' >>{CONFIG}")
    before = pid(machine)
    apt(machine, "install", package(machine, NEXT))
    require(machine.do("dpkg-query", "-W", "-f", "${Version}", "rawspoof") == NEXT, "it is not the next version")
    require(machine.do("tail", "-n", "1", CONFIG) == "# mine\n", "changed settings are gone")
    require(active(machine) and pid(machine) not in (0, before), "it was not started anew")
    machine.do("systemctl", "is-enabled", "rawspoof")
    return "started anew, changed settings kept"


def is_upgraded_while_it_is_off(machine: Machine) -> str:
    machine.do("systemctl", "disable", "--now", "rawspoof")
    apt(machine, "--allow-downgrades", "install", package(machine, VERSION))
    require(not active(machine), "it was started")
    require(machine.run("systemctl", "is-enabled", "rawspoof")[0], "it was enabled")
    machine.do("systemctl", "enable", "--now", "rawspoof")
    return "stays off; enabled again by hand"


def is_removed(machine: Machine) -> str:
    apt(machine, "remove", "rawspoof")
    require(not tables(machine) and not machine.run("pgrep", "-f", "rawspoof")[1], "something runs")
    left = machine.run("find", "/usr/lib/rawspoof")[1]
    require("No such file" in left, f"these stay: {left}")
    machine.do("test", "-e", CONFIG, "-a", "-e", "/var/lib/rawspoof/secret")
    return "no process, no table, no file of its own; settings and state stay"


def is_purged(machine: Machine) -> str:
    apt(machine, "purge", "rawspoof")
    require(machine.run("id", "rawspoof")[0], "its user stays")
    wants = machine.do("ls", "/etc/systemd/system/multi-user.target.wants")
    require("rawspoof" not in wants, "it would start at the next boot")
    left = machine.run("sh", "-c", "ls -d /etc/rawspoof /var/lib/rawspoof /var/log/rawspoof 2>/dev/null")[1]
    require(not left, f"these stay: {left}")
    return "no settings, no state, no user"


def leaves_nothing(root: Path, before: checks.Facts) -> str:
    after = checks.files(root)
    left = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    require(not left, ", ".join(left))
    return "files, users and groups as before"


def passes_lintian(machine: Machine) -> str:
    apt(machine, "install", "lintian")
    lintian = ("lintian", "--allow-root", "--tag-display-limit", "0", "--fail-on", "error,warning")
    return machine.do(*lintian, package(machine, VERSION), within_s=INSTALL_S).strip() or "nothing to say"


CHECKS: tuple[Callable[[Machine], str], ...] = (
    is_installed,
    answers_a_capture,
    starts,
    checks.keeps_sshd,
    checks.is_scanned,
    checks.records,
    is_upgraded,
    checks.survives_a_boot,
    is_upgraded_while_it_is_off,
    is_removed,
    is_purged,
)


def told(act: "partial[str]") -> bool:
    """Whether it was so; a line says what was seen."""
    begun = time.monotonic()
    what = act.func.__name__.replace("_", " ")
    try:
        seen, well = act(), True
    except Broken as why:
        seen, well = str(why), False
    print(f"{'ok' if well else 'BROKEN':<7} {what} ({time.monotonic() - begun:.0f} s): {seen}", flush=True)
    return well


def bare(folder: Path, base: Path | None, suite: str) -> Path:
    """The root of a Debian in `folder` that has the packages and a capture lying there. Raises Broken."""
    root = folder / "root"
    if base is None or not base.exists():
        bootstrap(suite, base or root)
    if base is not None:
        call("cp", "--archive", str(base), str(root), within_s=120)
    for path in (*folder.glob("one/*.deb"), CAPTURE):
        (root / "root" / path.name).write_bytes(path.read_bytes())
    return root


def live(root: Path) -> bool:
    """Whether all went well from a first boot on. Raises Broken where there is no machine."""
    with Machine(root) as machine:
        machine.boot()
        apt(machine, "update")
        apt(machine, "install", *NEEDED)
        before = checks.files(root)
        all_checks = [*(partial(check, machine) for check in CHECKS), partial(leaves_nothing, root, before)]
        seen = [told(check) for check in (*all_checks, partial(passes_lintian, machine))]
    return all(seen)


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/deb --try", description=__doc__)
    parser.add_argument("--base", type=Path, metavar="DIR", help="a folder debootstrap filled, or fills now; kept")
    base = parser.parse_args().base
    if os.geteuid():
        print("scripts/deb --try needs root, for a Debian of its own", file=sys.stderr)
        return 1
    suite = re.findall(r"^VERSION_CODENAME=(\w+)", Path("/etc/os-release").read_text(), re.MULTILINE)[0]
    # A commit in between would be another moment.
    os.environ.setdefault("SOURCE_DATE_EPOCH", str(int((ROOT / "CHANGELOG.md").stat().st_mtime)))
    with tempfile.TemporaryDirectory(prefix="deb-") as folder:
        try:
            return int(not (told(partial(is_built, Path(folder), suite)) and live(bare(Path(folder), base, suite))))
        except Broken as why:
            print(f"scripts/deb --try: {why}", file=sys.stderr)
            return 1


if __name__ == "__main__":
    sys.exit(main())
