"""A Debian with a systemd of its own in namespaces, on a wire to an attacker's namespace. Knows nothing of rawspoof.

It has its own process ids, mounts, host name and cgroups, and no network but the wire; packages come through a proxy.
Whatever it does stays in its folder.
"""

import ctypes
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType

from booting import proxy

ADDRESS, ATTACKER = "192.0.2.1", "192.0.2.2"
PROXY = ("127.0.0.1", 3128)
BOOT_S, END_S, COMMAND_S = 60.0, 30.0, 30.0
INCLUDED = "systemd,systemd-sysv,dbus,openssh-server,iproute2,ca-certificates,nftables,curl"
"""Besides Debian's smallest: systemd, a real service, and what the checks look with."""
CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
INIT = Path(__file__).with_name("init")
_CLONE_NEWNET = 0x40000000


class Broken(Exception):
    """Something that should have worked did not; one line, or a command's output."""


def call(*command: str, within_s: float = COMMAND_S) -> str:
    """What a command of this machine's prints. Raises Broken."""
    done = subprocess.run(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=within_s)
    if done.returncode:
        raise Broken(f"{' '.join(command)}: {done.stdout}")
    return done.stdout


def until(true: Callable[[], object], within_s: float, what: str) -> float:
    """The seconds it took to become true. Raises Broken."""
    begun = time.monotonic()
    while not true():
        if time.monotonic() - begun > within_s:
            raise Broken(f"{what}: not within {within_s:.0f} s")
        time.sleep(0.05)
    return time.monotonic() - begun


def bootstrap(suite: str, root: Path) -> None:
    """A bare Debian in `root`. Raises Broken."""
    call("debootstrap", "--variant=minbase", f"--include={INCLUDED}", suite, str(root), within_s=900)
    # Whoever sits behind an authority of their own has it in their bundle.
    shutil.copy(CERTIFICATES, root / "boot-certificates.crt")


@contextmanager
def within(namespace: str) -> Iterator[None]:
    """Sockets that are opened here are that network namespace's."""
    libc = ctypes.CDLL(None, use_errno=True)
    with open("/proc/thread-self/ns/net") as present, open(f"/run/netns/{namespace}") as other:
        if libc.setns(other.fileno(), _CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), f"setns {namespace}")
        try:
            yield
        finally:
            libc.setns(present.fileno(), _CLONE_NEWNET)


class Machine:
    """The machine whose root folder is `root`, from `with` to its end; it is off at first."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._net, self.attacker = f"boot-sensor-{os.getpid()}", f"boot-attacker-{os.getpid()}"
        self._cgroup = _cgroups() / f"boot-{os.getpid()}"
        self._process: subprocess.Popen[bytes] | None = None
        self._init = 0

    def __enter__(self) -> "Machine":
        try:
            self._cgroup.mkdir()
            self._wire()
            with within(self._net):
                listener = socket.create_server(PROXY)
            proxy.start(listener)
        except BaseException:
            self._remove()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._remove()

    def boot(self) -> float:
        """The seconds until it was up. Raises Broken."""
        begun = time.monotonic()
        enter = f'echo $$ >{self._cgroup}/cgroup.procs; exec nsenter --net=/run/netns/{self._net} "$@"'
        init = ("unshare", "-muipCf", "--kill-child", str(INIT), str(self.root), self._console())
        # Its end by a signal makes unshare complain.
        self._process = subprocess.Popen(["sh", "-c", enter, "sh", *init], stderr=subprocess.DEVNULL)
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        until(lambda: children.read_text().strip(), 5, "a first process")
        self._init = int(children.read_text())
        comm = Path(f"/proc/{self._init}/comm")
        until(lambda: comm.read_text().strip() == "systemd" and self._is_up(), BOOT_S, "systemd is up")
        return time.monotonic() - begun

    def power_off(self) -> float:
        """The seconds until all its processes had ended. Raises Broken."""
        begun = time.monotonic()
        self.run("systemctl", "poweroff", "--no-block")
        assert self._process is not None, "it is on"
        try:
            self._process.wait(END_S)
        except subprocess.TimeoutExpired:
            raise Broken(f"the machine is not off after {END_S:.0f} s") from None
        return time.monotonic() - begun

    def run(self, *command: str, within_s: float = COMMAND_S, said: str = "") -> tuple[int, str]:
        """Status and output of a command in there, by root; `said` is its standard input."""
        at = f"http://{PROXY[0]}:{PROXY[1]}"
        env = {"PATH": PATH, "HOME": "/root", "http_proxy": at, "https_proxy": at, "PIP_CERT": "/boot-certificates.crt"}
        enter = ("nsenter", "--target", str(self._init), "--all", "env", "--chdir=/root")
        try:
            done = subprocess.run(
                [*enter, *command],
                env=env,
                text=True,
                input=said,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=within_s,
            )
        except subprocess.TimeoutExpired as late:
            raise Broken(f"{' '.join(command)}: not done after {within_s:.0f} s: {late.output!r}") from None
        return done.returncode, done.stdout

    def do(self, *command: str, within_s: float = COMMAND_S, said: str = "") -> str:
        """The output of a command in there that must not fail. Raises Broken."""
        status, output = self.run(*command, within_s=within_s, said=said)
        if status:
            raise Broken(f"{' '.join(command)}: status {status}: {output}")
        return output

    def attack(self, *command: str, within_s: float = COMMAND_S) -> str:
        """The output of a command beside it on the wire. Raises Broken."""
        return call("ip", "netns", "exec", self.attacker, *command, within_s=within_s)

    def commands(self) -> list[bytes]:
        """The command line of each of its processes."""
        lists = [path.read_text().split() for path in self._cgroup.rglob("cgroup.procs")]
        found = []
        for pid in (pid for pids in lists for pid in pids):
            with suppress(FileNotFoundError, ProcessLookupError):
                found.append(Path(f"/proc/{pid}/cmdline").read_bytes())
        return found

    def _is_up(self) -> bool:
        if self._process is None or self._process.poll() is not None:
            raise Broken(f"systemd ended: {Path(self._console()).read_text()}")
        # Degraded: something of Debian's own that a container has no use for failed.
        return self.run("systemctl", "is-system-running")[1].strip() in ("running", "degraded")

    def _console(self) -> str:
        return f"{self.root}.console"

    def _wire(self) -> None:
        call("ip", "netns", "add", self._net)
        call("ip", "netns", "add", self.attacker)
        call("ip", "-n", self._net, "link", "set", "lo", "up")
        call(
            *("ip", "-n", self._net, "link", "add", "eth0", "type", "veth"),
            *("peer", "name", "eth0", "netns", self.attacker),
        )
        for namespace, address in ((self._net, ADDRESS), (self.attacker, ATTACKER)):
            call("ip", "-n", namespace, "address", "add", f"{address}/24", "dev", "eth0")
            call("ip", "-n", namespace, "link", "set", "eth0", "up")

    def _remove(self) -> None:
        if self._process is not None and self._process.poll() is None:
            os.kill(self._init, signal.SIGKILL)
            self._process.wait(END_S)
        for namespace in (self._net, self.attacker):
            subprocess.run(["ip", "netns", "delete", namespace], stderr=subprocess.DEVNULL, timeout=COMMAND_S)
        with suppress(FileNotFoundError):
            until(self._is_empty, 5, f"{self._cgroup} is empty")
            for folder, _, _ in os.walk(self._cgroup, topdown=False):
                os.rmdir(folder)

    def _is_empty(self) -> bool:
        return "populated 0" in (self._cgroup / "cgroup.events").read_text()


def _cgroups() -> Path:
    """Where the second version of cgroups is mounted. Raises Broken."""
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        before, _, after = line.partition(" - ")
        if after.startswith("cgroup2 "):
            return Path(before.split()[4])
    raise Broken("needs cgroup2 mounted: mount -t cgroup2 none /sys/fs/cgroup")
