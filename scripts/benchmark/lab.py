"""Two network namespaces and a wire: the scanner's, where load comes from, and the sensor's. Measures nothing.

Who pays: a veth pair has no interrupt, so the kernel works on a packet on the core that sent it. The sensor's processes
have one core, the load has the other, and both sides (rawspoof, baseline) find it so. Steering packets to the other
core (RPS) was tried: an interrupt between virtual cores costs more than what is measured.
"""

import json
import os
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Final

SENSOR_ADDRESS: Final = "192.0.2.1"
CALLER_ADDRESS: Final = "192.0.2.2"
"""Where conversations come from: an address of the scanner's kernel."""
SWEEP_NETWORK: Final = "198.51.100"
"""Where raw SYNs come from: nobody's addresses, so that no kernel answers for them."""
SENSOR_MAC: Final = "02:00:00:00:00:01"
SCANNER_MAC: Final = "02:00:00:00:00:02"
SENSOR_CORE: Final = min(os.sched_getaffinity(0))
LOAD_CORE: Final = max(os.sched_getaffinity(0))
LOAD_ENDS_S: Final = 120.0
LOAD_SOURCE: Final = Path(__file__).parent.parent / "load.c"

Result = dict[str, float]


class Broken(Exception):
    """Something that should have worked did not; one line."""


def compile_load(folder: Path) -> Path:
    """The load program, compiled into `folder`. Raises Broken."""
    program = folder / "load"
    _call("gcc", "-O2", "-Wall", "-o", str(program), str(LOAD_SOURCE))
    return program


class Lab:
    """The two namespaces, from `with` to its end."""

    def __init__(self, load: Path) -> None:
        self._load = load
        self.sensor, self.scanner = f"bn-sensor-{os.getpid()}", f"bn-scanner-{os.getpid()}"

    def __enter__(self) -> "Lab":
        self._tracked_before = slab_bytes(("nf_conntrack",))
        try:
            self._build()
        except BaseException:
            self._remove()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._remove()

    def inside(self, namespace: str, *command: str) -> list[str]:
        """The command line that runs `command` in a namespace, under the same pid."""
        return ["ip", "netns", "exec", namespace, *command]

    def nft(self, rules: str) -> None:
        """Install rules in the sensor's namespace."""
        _call(*self.inside(self.sensor, "nft", rules))

    def start_load(self, mode: str, **settings: int | str) -> "subprocess.Popen[bytes]":
        """The load program, running on its core."""
        where = {"interface": "scanner", "dst": SENSOR_ADDRESS, "mac": SENSOR_MAC}
        words = [f"{key}={value}" for key, value in (where | settings).items()]
        command = self.inside(self.scanner, "taskset", "--cpu-list", str(LOAD_CORE), str(self._load), mode, *words)
        return subprocess.Popen(command, stdout=subprocess.PIPE)

    def load(self, mode: str, **settings: int | str) -> Result:
        """What the load program counted. Raises Broken."""
        return finish(self.start_load(mode, **settings))

    def _build(self) -> None:
        a, b = self.sensor, self.scanner
        for line in f"""
            netns add {a}
            netns add {b}
            link add sensor netns {a} address {SENSOR_MAC} type veth peer scanner netns {b} address {SCANNER_MAC}
            -n {a} addr add {SENSOR_ADDRESS}/24 dev sensor
            -n {b} addr add {CALLER_ADDRESS}/24 dev scanner
            -n {a} link set lo up
            -n {a} link set sensor up
            -n {b} link set lo up
            -n {b} link set scanner up
            -n {a} route add {SWEEP_NETWORK}.0/24 via {CALLER_ADDRESS}
            -n {a} neigh add {CALLER_ADDRESS} lladdr {SCANNER_MAC} dev sensor
            -n {b} neigh add {SENSOR_ADDRESS} lladdr {SENSOR_MAC} dev scanner
        """.strip().splitlines():
            _call("ip", *line.split())
        quiet = "add table ip quiet; add chain ip quiet in { type filter hook prerouting priority raw; }; "
        drop = f"add rule ip quiet in ip daddr {SWEEP_NETWORK}.0/24 drop"
        _call(*self.inside(b, "nft", quiet + drop))

    def _remove(self) -> None:
        # Sockets that nginx leaves behind would keep a namespace and all it tracks alive for minutes.
        give_up = "echo 1 > /proc/sys/net/ipv4/tcp_orphan_retries"
        for namespace in (self.sensor, self.scanner):
            if Path("/run/netns", namespace).exists():
                _call(*self.inside(namespace, "sh", "-c", give_up))
                _call("ip", "netns", "del", namespace)
        # The kernel takes connections down in the background; the next figure should not pay for that.
        for _ in range(50):
            if slab_bytes(("nf_conntrack",)) < self._tracked_before + (1 << 20):
                return
            time.sleep(0.1)


def finish(process: "subprocess.Popen[bytes]") -> Result:
    """What a load program counted once it has ended. Raises Broken."""
    try:
        said, _ = process.communicate(timeout=LOAD_ENDS_S)
    except BaseException:
        process.kill()
        process.wait()
        raise
    if process.returncode:
        raise Broken(f"the load program ended with status {process.returncode}")
    result: Result = json.loads(said)
    return result


def slab_bytes(caches: tuple[str, ...]) -> int:
    """Bytes of kernel objects in use in these caches (slabinfo(5); of the whole machine)."""
    rows = (line.split() for line in Path("/proc/slabinfo").read_text().splitlines()[2:])
    return sum(int(row[1]) * int(row[3]) for row in rows if row[0] in caches)


def _call(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Broken(f"{' '.join(command)[:100]}: {' '.join(done.stderr.split())[:300]}")
