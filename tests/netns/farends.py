"""Real servers at which sinks end, on the sensor's side of a lab; and the way of events to them, from the other side.

Knows how each server is started, and how it can be asked what it has. Nothing of sinks but their settings.
"""

import contextlib
import socket
import socketserver
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from rawspoof.config.model import Config, Store
from rawspoof.config.sinks import AnySink
from rawspoof.core.event import AnyEvent, SynData
from rawspoof.edges.lab.namespaces import ADDRESSES, Lab, Side
from rawspoof.edges.sinks.asked import dispatcher
from rawspoof.edges.sinks.base import Sink
from rawspoof.edges.sinks.dispatcher import Dispatcher
from rawspoof.edges.sinks.named import open_sink
from tests.netns.sensors import until

HOST: Final = ADDRESSES["sensor"][0]
ATTACKER: Final = ADDRESSES["attacker"][0]
SENSOR: Final = "trap-1"
AT: Final = 1748788327.0
UP_S: Final = 5.0
"""How long a server may take to come up."""


def events(count: int, first: int = 1) -> list[AnyEvent]:
    """Events that can be told apart: each has its number for a size."""
    here, there = bytes([192, 0, 2, 1]), bytes([192, 0, 2, 2])
    return [SynData(AT + n, here, 1024, there, 80, b"x", n) for n in range(first, first + count)]


def sink(settings: AnySink) -> Sink:
    """The sink of these settings, not connected yet."""
    return open_sink(settings, SENSOR)


@contextmanager
def way(lab: Lab, sinks: Sequence[Sink], folder: Path | None) -> Iterator[Callable[[Sequence[AnyEvent]], Dispatcher]]:
    """A function that puts events on their way; with a folder there is a store to read back from."""
    config = Config(store=Store(enabled=folder is not None, folder=str(folder)))
    made = dispatcher(config, [], sinks)

    def put(batch: Sequence[AnyEvent]) -> Dispatcher:
        # A lane's thread begins where the thread is that puts its first event.
        with lab.inside("attacker"):
            made.put(batch)
        return made

    try:
        yield put
    finally:
        made.close(1.0)


def answers(lab: Lab, port: int, host: str = HOST) -> bool:
    """Whether a TCP server is there."""
    with lab.inside("attacker"), socket.socket() as probe:
        probe.settimeout(1.0)
        return probe.connect_ex((host, port)) == 0


def serve(
    lab: Lab, port: int, argv: Sequence[str | Path], side: Side = "sensor", host: str = HOST
) -> "subprocess.Popen[Any]":
    """A server that has come up."""
    started = lab.run(side, argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until(lambda: answers(lab, port, host) or started.poll() is not None, UP_S)
    assert started.poll() is None, argv
    return started


def killed(server: "subprocess.Popen[Any]") -> None:
    """The server, by SIGKILL, in the middle of whatever it did."""
    server.kill()
    server.wait()


def redis(lab: Lab, folder: Path, *options: str) -> "subprocess.Popen[Any]":
    """Debian's redis-server, which keeps what it says it has."""
    fixed = ("--bind", HOST, "--protected-mode", "no", "--dir", str(folder), "--appendonly", "yes", "--save", "")
    return serve(lab, 6379, ["redis-server", *fixed, *options])


def redis_says(lab: Lab, *words: str) -> str:
    """What redis-cli prints."""
    with lab.inside("attacker"):
        return subprocess.run(["redis-cli", "-h", HOST, *words], check=True, capture_output=True, text=True).stdout


def nats(lab: Lab, folder: Path, *options: str, side: Side = "sensor", host: str = HOST) -> "subprocess.Popen[Any]":
    """Debian's nats-server with JetStream."""
    fixed = ("-a", host, "-p", "4222", "-js", "-sd", str(folder))
    return serve(lab, 4222, ["nats-server", *fixed, *options], side, host)


def rsyslog(lab: Lab, folder: Path, pair: Path | None = None) -> Path:
    """Debian's rsyslogd at UDP 514, TCP 601 and, with a certificate, TLS 6514; the file it writes into."""
    out, conf = folder / "messages", folder / "rsyslog.conf"
    tls = (
        f"""
    global(defaultNetstreamDriver="gtls" defaultNetstreamDriverCAFile="{pair}"
           defaultNetstreamDriverCertFile="{pair}" defaultNetstreamDriverKeyFile="{pair}")
    module(load="imtcp" streamDriver.name="gtls" streamDriver.mode="1" streamDriver.authMode="anon")
    input(type="imtcp" port="6514" ruleset="all")
    """
        if pair
        else """
    module(load="imtcp")
    input(type="imtcp" port="601" ruleset="all")
    """
    )
    conf.write_text(f"""
    global(workDirectory="{folder}")
    module(load="imudp")
    template(name="parts" type="list") {{
        property(name="pri") constant(value="\\t") property(name="timestamp" dateFormat="rfc3339")
        constant(value="\\t") property(name="hostname") constant(value="\\t") property(name="app-name")
        constant(value="\\t") property(name="msgid") constant(value="\\t") property(name="structured-data")
        constant(value="\\t") property(name="msg") constant(value="\\n")
    }}
    ruleset(name="all") {{ action(type="omfile" file="{out}" template="parts") }}
    input(type="imudp" port="514" ruleset="all")
    {tls}
    """)
    argv = ["rsyslogd", "-n", "-f", str(conf), "-i", str(folder / "pid")]
    serve(lab, 6514 if pair else 601, argv)
    return out


Answer = Callable[["Asked"], bytes | None]


class Asked(NamedTuple):
    """A request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes


def http(status: int, body: bytes = b"", *headers: str) -> bytes:
    """An answer."""
    lines = [f"HTTP/1.1 {status} x", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


class Stub:
    """An HTTP server that answers whatever it is told to, byte by byte if need be; None: it never answers."""

    def __init__(self, lab: Lab, answer: Answer, port: int, context: ssl.SSLContext | None, side: Side) -> None:
        self.answer, self.asked = answer, list[Asked]()
        self.closing = threading.Event()
        self.connections = 0
        stub = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                stub.connections += 1
                with contextlib.suppress(OSError):
                    while stub.turn(self.rfile, self.request):
                        pass

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = daemon_threads = True

            def get_request(self) -> tuple[socket.socket, Any]:
                got, address = super().get_request()
                return (got if context is None else context.wrap_socket(got, server_side=True)), address

            def handle_error(self, *_: Any) -> None:
                """A client that hangs up in the handshake is what some tests are about."""

        with lab.inside(side):
            self._server = Server((ADDRESSES[side][0], port), Handler)
            serve = self._server.serve_forever
            self._thread = threading.Thread(target=serve, kwargs={"poll_interval": 0.01}, daemon=True)
            self._thread.start()

    def turn(self, read: Any, connection: socket.socket) -> bool:
        """One request and its answer; whether there may be another."""
        first = read.readline().decode()
        if not first:
            return False
        headers = {}
        while (line := read.readline().decode().strip()) != "":
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        asked = Asked(first.split()[1], headers, read.read(int(headers.get("content-length", 0))))
        self.asked.append(asked)
        answer = self.answer(asked)
        if answer is None:
            self.closing.wait()
            return False
        connection.sendall(answer)
        return b"Connection: close" not in answer

    def close(self) -> None:
        self.closing.set()
        self._server.shutdown()
        self._thread.join(10)
        self._server.server_close()


@contextmanager
def stub(
    lab: Lab, answer: Answer, port: int = 8080, context: ssl.SSLContext | None = None, side: Side = "sensor"
) -> Iterator[Stub]:
    """A Stub for as long as the block lasts."""
    made = Stub(lab, answer, port, context, side)
    try:
        yield made
    finally:
        made.close()


def encrypted(pair: Path) -> ssl.SSLContext:
    """TLS with this certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(str(pair))
    return context


def certificate(folder: Path, name: str = HOST) -> Path:
    """A PEM file: a key and a certificate for that address, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "far end")])
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(name))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / "far.pem"
    path.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return path
