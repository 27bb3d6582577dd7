"""What is asked of the service in a machine, from its installation to its end. Knows not how there is a machine.

Each check says in a few words what was seen, or raises Broken.
"""

import os
import re
import socket
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from booting.machine import ADDRESS, Broken, Machine, until, within

INSTALL_S = 600.0
WATCHDOG_S = 40.0
SCANNED = 1000
PORTS = "21,25,80,110,143,3306"
CONFIG = "/etc/rawspoof/rawspoof.toml"
CLOSED = 4444
NAMED_MIN = 4
"""Of the six PORTS; some are silent by design."""

# What Debian's own tools write while packages come and a machine runs; files of packages are known by dpkg.
CHURN = re.compile(
    r"/(boot-certificates\.crt|root/rawspoof|var/(cache|tmp|spool|log/(apt|journal|private|dpkg\.log"
    r"|alternatives\.log|[bw]tmp|lastlog|faillog|README)|lib/(dpkg|apt|systemd|private|dbus|python|pam|ucf))"
    r"|etc/(\.pwd\.lock|ld\.so\.cache|alternatives|machine-id|hosts|hostname|inputrc|localtime|timezone|python3"
    r"|resolv\.conf|mtab|\.updated|[a-z]+-)"
    r"|var/\.updated|usr/local/lib/python3[.\d]*|tmp|run|dev|proc|sys|mnt)"
    r"|.*/__pycache__"
)
ACCOUNTS = ("etc/passwd", "etc/group", "etc/shadow", "etc/gshadow")

Facts = dict[str, object]


def require(true: object, what: str) -> None:
    """Nothing, if it is so. Raises Broken."""
    if not true:
        raise Broken(what)


def pid(machine: Machine) -> int:
    return int(machine.do("systemctl", "show", "--property=MainPID", "--value", "rawspoof"))


def tables(machine: Machine) -> int:
    return machine.do("nft", "list", "tables").count("inet rawspoof")


def processes(machine: Machine) -> int:
    return sum(b"/opt/rawspoof/" in command for command in machine.commands())


def active(machine: Machine) -> bool:
    return machine.run("systemctl", "is-active", "rawspoof")[1].strip() == "active"


def install(machine: Machine) -> str:
    said = machine.do("/root/rawspoof/scripts/install", "--service", within_s=INSTALL_S)
    require("It answers." in said, said)
    require(active(machine), f"not active after the installation: {said}")
    require(tables(machine) == 1, "no firewall table")
    return f"{said.count(chr(10))} lines said"


def is_confined(machine: Machine) -> str:
    status = Path("/proc", str(pid(machine)), "status")
    lines = machine.do("cat", str(status)).splitlines()
    facts = dict(line.split(":\t", 1) for line in lines if ":\t" in line)
    require(facts["CapEff"] == facts["CapBnd"] == "0000000000003000", f"capabilities: {facts['CapEff']}")
    require(not facts["Uid"].startswith("0"), "it runs as root")
    require(facts["NoNewPrivs"] == "1" and facts["Seccomp"] == "2", "not confined")
    return machine.do("systemctl", "show", "--property=StatusText", "--value", "rawspoof").strip() or "no status text"


def is_scanned(machine: Machine) -> str:
    said = machine.attack("nmap", "-n", "-Pn", "-sS", "-T4", "-p", f"1-{SCANNED}", ADDRESS, within_s=60)
    count = int((re.search(r"Not shown: (\d+) open", said) or ["", "0"])[1]) + len(re.findall(r"\d/tcp +open", said))
    require(count == SCANNED, f"{count} of {SCANNED} ports are open: {said}")
    said = machine.attack("nmap", "-n", "-Pn", "-sV", "--version-light", "-T4", "-p", PORTS, ADDRESS, within_s=300)
    named = re.findall(r"^(\d+/tcp) +open +\S+ +(\w.*)", said, re.MULTILINE)
    require(len(named) >= NAMED_MIN, said)
    return f"{count} open; " + ", ".join(f"{port} {product[:24]}" for port, product in named[:3])


def keeps_sshd(machine: Machine) -> str:
    own = machine.do("cat", "/etc/ssh/ssh_host_ed25519_key.pub").split()[1]
    require(own in machine.attack("ssh-keyscan", "-t", "ed25519", ADDRESS), "port 22 is not the machine's own sshd")
    return "port 22 shows the machine's own key"


@contextmanager
def talking(machine: Machine) -> Iterator[socket.socket]:
    """A connection that was greeted, from the attacker. Raises Broken."""
    for port in (25, 21, 110, 143, 587):
        with within(machine.attacker):
            peer = socket.create_connection((ADDRESS, port), 5)
        with peer:
            peer.settimeout(10)
            try:
                require(peer.recv(1024), "closed at once")
            except TimeoutError:
                continue
            yield peer
            return
    raise Broken("nobody greets")


def reloads(machine: Machine) -> str:
    before = pid(machine)
    with talking(machine) as peer:
        machine.do("sed", "-i", f"/^\\[sensor\\]/a closed_ports = [{CLOSED}]", CONFIG)
        machine.do("systemctl", "reload", "rawspoof")
        until(lambda: not opens(machine, CLOSED), 10, f"port {CLOSED} is closed")
        peer.sendall(b"HELP\r\n")
        require(peer.recv(1024), "the connection was closed")
    require(opens(machine, CLOSED + 1), "the other ports are closed too")
    machine.do("sed", "-i", "s/^closed_ports.*/closed_ports = 7/", CONFIG)
    require(machine.run("systemctl", "reload", "rawspoof")[0], "a wrong configuration is no failed reload")
    machine.do("sed", "-i", f"s/^closed_ports.*/closed_ports = [{CLOSED}]/", CONFIG)
    require(pid(machine) == before and active(machine), "another process after the reload")
    return f"port {CLOSED} is closed, a held connection is answered after it; a wrong one is refused"


def opens(machine: Machine, port: int) -> bool:
    """Whether a connection from outside opens."""
    try:
        with within(machine.attacker), socket.create_connection((ADDRESS, port), 5):
            return True
    except ConnectionRefusedError:
        return False


def is_killed(machine: Machine) -> str:
    before, count = pid(machine), processes(machine)
    machine.do("systemctl", "kill", "--kill-whom=main", "--signal=SIGKILL", "rawspoof")
    took = until(lambda: pid(machine) not in (0, before) and active(machine), 20, "it is started again")
    require(tables(machine) == 1, "not one firewall table")
    require(processes(machine) == count, f"{processes(machine)} processes, {count} before")
    return f"answers again after {took:.1f} s, one table, {count} processes as before"


def is_stuck(machine: Machine) -> str:
    before = pid(machine)
    machine.do("systemctl", "kill", "--kill-whom=main", "--signal=SIGSTOP", "rawspoof")
    took = until(lambda: pid(machine) not in (0, before) and active(machine), WATCHDOG_S, "the watchdog ends it")
    require(tables(machine) == 1, "not one firewall table")
    return f"started again after {took:.1f} s"


def is_misconfigured(machine: Machine) -> str:
    right = machine.do("cat", CONFIG)
    machine.do("tee", CONFIG, said='[sensor]\nworkers = "many"\n')
    require(machine.run("systemctl", "restart", "rawspoof")[0], "it starts with a wrong configuration")
    require(machine.run("systemctl", "is-failed", "rawspoof")[1].strip() == "failed", "it is not failed")
    last = machine.do("journalctl", "-u", "rawspoof", "-t", "rawspoof", "-n", "1", "-o", "cat").strip()
    require("sensor.workers" in last, f"the journal does not say why: {last}")
    require(not tables(machine) and not processes(machine), "something is left")
    machine.do("tee", CONFIG, said=right)
    machine.do("systemctl", "restart", "rawspoof")
    return last


def has_an_admin(machine: Machine) -> str:
    machine.do("rawspoof", "admin", "passwd", said="correct horse battery\n")
    machine.do("sed", "-i", "/^\\[admin\\]/a port = 8080", CONFIG)
    machine.do("systemctl", "restart", "rawspoof")
    page = (
        "curl",
        "-sS",
        "--noproxy",
        "*",
        "-o",
        "/dev/null",
        "-w",
        "%{http_code}",
        "-u",
        "admin:correct horse battery",
    )
    status = machine.do(*page, "http://127.0.0.1:8080/api/stats")
    require(status == "200", f"the web admin says {status}")
    return "logged in at 127.0.0.1:8080, though root wrote the password file"


def records(machine: Machine) -> str:
    until(lambda: "192.0.2.2" in machine.do("rawspoof", "events", "--limit", "5"), 10, "an event")
    return "rawspoof events shows the attacker"


def is_upgraded(machine: Machine) -> str:
    before = pid(machine)
    machine.do("/root/rawspoof/scripts/install", "--service", within_s=INSTALL_S)
    require(pid(machine) != before and active(machine), "not started anew")
    require(len(machine.do("ls", "/opt/rawspoof").split()) == 2, "an older venv is left")
    return "a second run replaces it"


def survives_a_boot(machine: Machine) -> str:
    off = machine.power_off()
    on = machine.boot()
    took = until(lambda: active(machine), 30, "it is active after a boot")
    require(tables(machine) == 1, "not one firewall table")
    return f"off in {off:.1f} s, up in {on:.1f} s, answering {took:.1f} s later"


def stops(machine: Machine) -> str:
    machine.do("systemctl", "stop", "rawspoof")
    require(not tables(machine) and not processes(machine), "something is left")
    require(not opens(machine, CLOSED + 1), "it answers still")
    machine.do("systemctl", "start", "rawspoof")
    return "no table, no process, ports are closed"


def is_uninstalled(machine: Machine) -> str:
    kept = machine.do("/root/rawspoof/scripts/uninstall")
    require(not tables(machine) and not processes(machine), "something is left")
    machine.do("/root/rawspoof/scripts/uninstall", "--purge")
    require(not machine.do("/root/rawspoof/scripts/uninstall", "--purge"), "a third time says something")
    return kept.strip().replace("\n", "; ")


CHECKS: tuple[Callable[[Machine], str], ...] = (
    install,
    is_confined,
    keeps_sshd,
    is_scanned,
    records,
    reloads,
    is_killed,
    is_stuck,
    is_misconfigured,
    has_an_admin,
    is_upgraded,
    survives_a_boot,
    stops,
    is_uninstalled,
)


def files(root: Path) -> Facts:
    """Everything in `root` but packages' files and CHURN: path → kind, mode, owner, and length or target."""
    owned = {line for list_ in (root / "var/lib/dpkg/info").glob("*.list") for line in list_.read_text().splitlines()}
    found: Facts = {name: (root / name).read_text() for name in ACCOUNTS}
    for folder, folders, names in os.walk(root):
        inside = "/" + os.path.relpath(folder, root) if folder != str(root) else ""
        folders[:] = [name for name in folders if not CHURN.fullmatch(f"{inside}/{name}")]
        for path in (f"{inside}/{name}" for name in (*folders, *names)):
            seen = os.lstat(f"{root}{path}")
            target = os.readlink(f"{root}{path}") if stat.S_ISLNK(seen.st_mode) else ""
            # Packages' own, and commands that update-alternatives links.
            # /lib is a link to /usr/lib, whichever of both the package says.
            if owned & {path, path.removeprefix("/usr")} or CHURN.fullmatch(path) or "/alternatives/" in target:
                continue
            found[path] = (seen.st_mode, seen.st_uid, seen.st_gid, target)
    return found
