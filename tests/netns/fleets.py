"""Two sensors, an attacker of both and a broker for kernel tests: two labs whose attackers' sides are joined.

Knows addresses, wires, and what a broker lets whom do. Nothing of what sensors share.
"""

import json
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from pyroute2 import IPRoute

from rawspoof.config.sinks import Nats
from rawspoof.edges.fleet import streams
from rawspoof.edges.lab.namespaces import INTERFACE, Lab
from rawspoof.edges.sinks.nats import Dial, make_stream
from rawspoof.edges.sinks.nats_client import Client, Request
from rawspoof.edges.sinks.nkey import NKey
from rawspoof.edges.sinks.stream import tls
from tests.netns import farends
from tests.netns.taps import SOURCE, TARGET, call

BROKER: Final = "192.0.2.4"
ATTACKER: Final = "192.0.2.66"
"""Who is met by both sensors, in two places: each sensor's lab has an attacker of this address."""
BEYOND: Final = "203.0.113.1"
"""The second sensor's address toward the broker, for in its lab it is called as the first is in its own."""
URL: Final = f"tls://{BROKER}"
PASSWORD: Final = "of the hub"
SEEDS: Final = {
    "north": "SUAAAAICAMCAKBQHBAEQUCYMBUHA6EARCIJRIFIWC4MBSGQ3DQOR4H776Y",
    "south": "SUACAIJCEMSCKJRHFAUSUKZMFUXC6MBRGIZTINJWG44DSOR3HQ6T4PY7UE",
}


@contextmanager
def both() -> Iterator[tuple[Lab, Lab]]:
    """The labs of `north`, where the broker is, and `south`."""
    with Lab() as north, Lab() as south:
        far = {"ifname": "over", "net_ns_fd": south._sides["attacker"]}
        with north.inside("attacker"), IPRoute() as route:
            route.link("add", ifname="over", kind="veth", peer=far)
        for lab in (north, south):
            _do(lab, "attacker", f"addr add {ATTACKER}/32 dev lo", "link set over up")
            _do(lab, "sensor", f"route add {ATTACKER} via {SOURCE}")
        _do(north, "attacker", f"addr add {BROKER}/32 dev lo", "addr add 203.0.113.5/30 dev over")
        _do(south, "attacker", "addr add 203.0.113.6/30 dev over", f"route add {BROKER} via 203.0.113.5")
        _do(south, "attacker", f"route add {BEYOND} via {TARGET}")
        call(south, "attacker", "sysctl", "-qw", "net.ipv4.ip_forward=1")
        _do(north, "attacker", f"route add {BEYOND} via 203.0.113.6")
        _do(north, "sensor", f"route add {BROKER} via {SOURCE}")
        _do(south, "sensor", f"addr add {BEYOND}/32 dev {INTERFACE}", f"route add {BROKER} via {SOURCE} src {BEYOND}")
        yield north, south


def _do(lab: Lab, side: Any, *orders: str) -> None:
    for order in orders:
        call(lab, side, "ip", *order.split())


class Broker:
    """Debian's nats-server, in TLS, with a key and rights of its own for each sensor; the hub may do anything."""

    def __init__(self, lab: Lab, folder: Path, sensors: Sequence[str] = tuple(SEEDS)) -> None:
        self._lab, self._folder = lab, folder
        self.pem = farends.certificate(folder, BROKER)
        self.pem.chmod(0o644)
        users: list[dict[str, Any]] = [{"user": "hub", "password": PASSWORD}]
        for sensor in sensors:
            rights = {"publish": streams.publish(sensor), "subscribe": streams.subscribe(sensor)}
            users.append({"nkey": NKey(SEEDS[sensor]).public, "permissions": rights})
        (folder / "conf").write_text(json.dumps({"authorization": {"users": users}}))
        self._server = self._start()
        hub = self.hub()
        for wanted in streams.STREAMS.values():
            make_stream(hub, wanted)
        hub.close()

    def restart(self) -> None:
        """Up again, with what it had written down."""
        self._server = self._start()

    def kill(self) -> None:
        """SIGKILL."""
        farends.killed(self._server)

    def _start(self) -> "subprocess.Popen[Any]":
        tls = ("--tls", "--tlscert", str(self.pem), "--tlskey", str(self.pem))
        return farends.nats(
            self._lab, self._folder / "nats", "-c", str(self._folder / "conf"), *tls, side="attacker", host=BROKER
        )

    def hub(self) -> Client:
        """A connection that may do anything."""
        with self._lab.inside("attacker"):
            settings = Nats(url=URL, user="hub", timeout_s=5.0)
            return Dial(settings, "hub", PASSWORD, tls(str(self.pem)))()

    def sensor(self, name: str) -> Client:
        """A connection with a sensor's key."""
        return Dial(Nats(url=URL, timeout_s=5.0), name, SEEDS[name], tls(str(self.pem)))()

    def state(self, stream: str) -> dict[str, Any]:
        """How many messages a stream has, and more."""
        hub = self.hub()
        (answer,) = hub.ask([Request(f"$JS.API.STREAM.INFO.{stream}", b"")])
        hub.close()
        return dict(json.loads(answer or b"{}")["state"])


def config(folder: Path, sensor: str, pem: Path, more: str = "") -> Path:
    """A sensor's configuration, the four lines that make it a member and what a test needs to see."""
    (folder / f"{sensor}.seed").write_text(SEEDS[sensor])
    path = folder / f"{sensor}.toml"
    path.write_text(f"""
[world]
delivery = "prompt"
[events]
file = "{folder}/{sensor}.events"
[fleet]
url = "{URL}"
name = "{sensor}"
secret_file = "{folder}/{sensor}.seed"
ca_file = "{pem}"
health_s = 1
[block]
enabled = true
tripwire_ports = [23]
{more}
""")
    return path
