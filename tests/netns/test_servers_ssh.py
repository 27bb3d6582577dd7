"""Debian's own sshd, asked the same as an identity of its version: what a client hears is the same, byte for byte.

sshd serves one end of a socket pair (`-i`), so there is no network. Beside keys, cookies and signatures, which nobody
can compare, and the time that things take, no difference is allowed for.
"""

import re
import socket
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from select import select
from typing import Final

import pytest

from rawspoof.core.conversation.dialogue import Dialogue
from rawspoof.core.conversation.ssh.offer import Offer, build
from rawspoof.core.conversation.ssh.speaker import Ssh
from rawspoof.core.conversation.ssh.transport import Corrupt, Transport
from rawspoof.core.conversation.ssh.wire import mpint, string
from rawspoof.core.conversation.visit import Visit
from rawspoof.edges.crypto.engines import CryptoEngines
from tests.conversation.ssh.client import CIPHER, KEX, LINE, MAC, Client, Pipe
from tests.conversation.talks import living
from tests.netns.sensors import open_folder
from tests.netns.servers import ANSWER_S, QUIET_S

pytestmark = pytest.mark.netns

SSHD: Final = "/usr/sbin/sshd"
GREETS_S: Final = 10.0
STRICT: Final = "kex-strict-c-v00@openssh.com"


def packet(message: bytes) -> bytes:
    return Transport().seal(message)


def kexinit(kex: str = KEX, *marks: str) -> bytes:
    return packet(build(Offer((kex, *marks), ("ssh-ed25519",), (CIPHER,), (MAC,), ("none",)), bytes(16)))


ID: Final = LINE + b"\r\n"
GEX: Final = "diffie-hellman-group-exchange-sha256"
PUBLICKEY: Final = b"\0" + string(b"ssh-ed25519") + string(string(b"ssh-ed25519") + string(bytes(32)))

RAW: Final = {
    "http": b"GET / HTTP/1.0\r\n\r\n",
    "empty line": b"\r\n",
    "nul": b"\0\0",
    "lone carriage return": b"ab\rcd",
    "long line": b"A" * 8300,
    "longest line": b"A" * 8192,
    "ssh 1": b"SSH-1.5-x\n",
    "ssh 1.99": b"SSH-1.99-x\n",
    "ssh 3": b"SSH-3.0-x\n",
    "no software": b"SSH-2.0-\r\n",
    "no dash": b"SSH-2.0x\r\n",
    "blanks": b"SSH- 2. 0-x\r\n",
    "probe": b"SSH-2.0-Probe-1\r\n",
    "mapper": b"SSH-2.0-SSH_Version_Mapper\r\n",
    "nmap": b"SSH-2.0-Nmap-SSH2-Hostkey\r\n",
    "line only": ID,
    "garbage": ID + b"\xff" * 64,
    "text": ID + b"hello world this is not a packet\r\n" * 3,
    "zeros": ID + bytes(32),
    "no multiple": ID + b"\0\0\0\x0d\4" + bytes(20),
    "no padding": ID + b"\0\0\0\x0c\0\x14" + bytes(20),
    "all padding": ID + b"\0\0\0\x0c\x0c\x14" + bytes(20),
    "ignore": ID + packet(b"\2" + string(b"x")),
    "type 192": ID + packet(b"\xc0xyz"),
    "login at once": ID + packet(b"\x32" + string(b"root") + string(b"ssh-connection") + string(b"none")),
    "service at once": ID + packet(b"\5" + string(b"ssh-userauth")),
    "disconnect": ID + packet(b"\1\0\0\0\2" + string(b"x") + string(b"")),
    "short kexinit": ID + packet(b"\x14" + bytes(10)),
    "empty kexinit": ID + packet(b"\x14" + bytes(16) + bytes(45)),
    "nothing in common": ID + kexinit("none-such"),
    "value first": ID + packet(b"\x1e" + string(bytes(32))),
    "newkeys first": ID + packet(b"\x15"),
    "two kexinits": ID + kexinit() + kexinit(),
    "strict": ID + kexinit(KEX, STRICT) + packet(b"\2" + string(b"x")),
    "strict type 192": ID + kexinit(KEX, STRICT) + packet(b"\xc0abc"),
    "strict late": ID + packet(b"\2" + string(b"x")) + kexinit(KEX, STRICT),
    "no point": ID + kexinit() + packet(b"\x1e" + string(bytes(32))),
    "short point": ID + kexinit() + packet(b"\x1e" + string(bytes(31))),
    "number 1": ID + kexinit("diffie-hellman-group14-sha256") + packet(b"\x1e" + mpint(1)),
    "small group": ID + kexinit(GEX) + packet(b"\x22" + b"".join(n.to_bytes(4) for n in (512, 1024, 1024))),
    "odd group": ID + kexinit(GEX) + packet(b"\x22" + b"".join(n.to_bytes(4) for n in (4096, 1024, 8192))),
}


def keyed(message: bytes, *marks: str) -> Callable[[Client], object]:
    """Ask this as soon as there are keys."""

    def ask(ssh: Client) -> object:
        ssh.hello()
        return ssh.keys(marks), ssh.ask(message)

    return ask


def asked(*messages: bytes) -> Callable[[Client], object]:
    """Ask these where logins are asked for."""
    return lambda ssh: [ssh.login().ask(messages[0]), *(ssh.ask(message) for message in messages[1:])]


def request(method: bytes, *rest: bytes, user: bytes = b"root", service: bytes = b"ssh-connection") -> bytes:
    return b"\x32" + string(user) + string(service) + string(method) + b"".join(rest)


SERVICE: Final = b"\5" + string(b"ssh-userauth")
KEYED: Final = {
    "none": asked(request(b"none")),
    "eight nones": asked(*[request(b"none")] * 8),
    "seven keys": asked(*[request(b"publickey", PUBLICKEY)] * 7),
    "none and keys": asked(request(b"none"), *[request(b"publickey", PUBLICKEY)] * 7),
    "unknown method": asked(*[request(b"foo")] * 7),
    "prompt": asked(request(b"keyboard-interactive", string(b""), string(b""))),
    "password": asked(request(b"password", b"\0" + string(b"x"))),
    "short password": asked(request(b"password")),
    "short key": asked(request(b"publickey")),
    "another user": asked(request(b"none"), request(b"none", user=b"joe")),
    "another service": asked(request(b"none", service=b"ssh-foo")),
    "no user": asked(request(b"none", user=b"")),
    "long user": asked(request(b"none", user=b"u" * 2000)),
    "bad service": keyed(b"\5" + string(b"ssh-foo")),
    "short service": keyed(b"\5"),
    "long service": keyed(SERVICE + b"x"),
    "service twice": asked(SERVICE),
    "login before service": keyed(request(b"none")),
    "early global request": keyed(b"\x50" + string(b"x") + b"\1"),
    "global request": asked(b"\x50" + string(b"x") + b"\1"),
    "channel": asked(b"\x5a" + string(b"session") + bytes(12)),
    "answer without a prompt": asked(b"\x3d\0\0\0\0"),
    "newkeys again": asked(b"\x15"),
    "kexinit again": asked(build(Offer((KEX,), ("ssh-ed25519",), (CIPHER,), (MAC,)), bytes(16))),
    "type 0": asked(b"\0abc"),
    "type 150": asked(b"\x96abc"),
    "type 200": asked(b"\xc8abc"),
    "extensions of the client": asked(b"\7" + bytes(4)),
    "told": keyed(SERVICE, "ext-info-c"),
    "told strictly": keyed(SERVICE, "ext-info-c", STRICT),
}


@pytest.fixture(scope="module")
def settings() -> Iterator[Path]:
    """sshd's, with keys of its own and Debian's other defaults."""
    # Where it locks itself in before anybody has logged in; Debian makes it when sshd starts as a service.
    Path("/run/sshd").mkdir(exist_ok=True)
    with open_folder() as folder:
        lines = ["UsePAM yes", "KbdInteractiveAuthentication no", "PidFile none"]
        for kind in ("rsa", "ecdsa", "ed25519"):
            subprocess.run(["ssh-keygen", "-q", "-t", kind, "-N", "", "-f", folder / kind], check=True)
            lines.append(f"HostKey {folder / kind}")
        (folder / "config").write_text("\n".join(lines))
        yield folder / "config"


@contextmanager
def real(settings: Path) -> Iterator[socket.socket]:
    """sshd, as one connection of it."""
    ours, theirs = socket.socketpair()
    process = subprocess.Popen(
        [SSHD, "-i", "-e", "-f", settings], stdin=theirs, stdout=theirs, stderr=subprocess.DEVNULL
    )
    theirs.close()
    try:
        assert select([ours], [], [], GREETS_S)[0], "sshd does not greet"
        yield ours
    finally:
        ours.close()
        process.kill()
        process.wait()


@pytest.fixture(scope="module")
def imitation(settings: Path) -> Callable[[], Pipe]:
    """An identity of the real one's version, as one connection of it."""
    with real(settings) as sock:
        shown = re.fullmatch(r"SSH-2.0-OpenSSH_(\S+) Debian-(\S+)\r\n", sock.recv(256).decode())
    who = living("openssh", os="linux/debian", ver=shown[1])._replace(version=f"{shown[1]} Debian {shown[2]}")
    return lambda: Pipe(Dialogue(Ssh(Visit(who, b"\xc0\0\2\7", 5, 0.0, CryptoEngines(bytes(32))))))


def messages(said: bytes) -> tuple[list[bytes], bytes]:
    """What follows the identification: messages, without cookies, and the rest that is no packet."""
    rest = bytearray(said.partition(b"\n")[2])
    transport, found = Transport(), []
    try:
        while cut := transport.cut(rest):
            found.append(cut[0][:1] + cut[0][17:] if cut[0][0] == 20 else cut[0])
            del rest[: cut[1]]
    except Corrupt:
        pass
    return found, bytes(rest)


def size(said: bytes) -> int:
    """Of what follows the identification, in which the package's release may be longer than ours."""
    return len(said.partition(b"\n")[2])


class Listened:
    """Both ends of a connection with ours, and after how many bytes it had nothing to say."""

    def __init__(self, ends: Pipe) -> None:
        self.ends = ends
        self.said = b""
        self.silences: set[int] = set()

    def receive(self) -> bytes:
        data = self.ends.receive()
        self.said += data
        if not data and not self.ends.over:
            self.silences.add(size(self.said))
        return data


class Real:
    """A connection with sshd, listened to as long as ours would speak, and shortly where ours is silent."""

    def __init__(self, sock: socket.socket, silences: set[int]) -> None:
        self.sock, self.silences = sock, silences
        self.said = b""
        self.over = False

    def send(self, data: bytes) -> None:
        # Who has hung up says nothing, ours as well.
        with suppress(ConnectionError):
            self.sock.sendall(data)

    def receive(self) -> bytes:
        self.sock.settimeout(QUIET_S if size(self.said) in self.silences else ANSWER_S)
        try:
            data = self.sock.recv(65536)
        except TimeoutError:
            return b""
        except ConnectionResetError:
            data = b""
        self.said += data
        self.over = not data
        return data


def raw(data: bytes, ends: Listened | Real, send: Callable[[bytes], object]) -> object:
    """What is said to some bytes, and whether that is the end."""
    said = ends.receive()
    send(data)
    while more := ends.receive():
        said += more
    return messages(said), ends.over if isinstance(ends, Real) else ends.ends.over


def of_ours(ends: Listened, name: str) -> object:
    if name in RAW:
        return raw(RAW[name], ends, ends.ends.send)
    return KEYED[name](Client(ends.ends.send, ends.receive))


def of_the_real(settings: Path, name: str, silences: set[int]) -> object:
    with real(settings) as sock:
        ends = Real(sock, silences)
        if name in RAW:
            return raw(RAW[name], ends, ends.send)
        return KEYED[name](Client(ends.send, ends.receive))


@pytest.fixture(scope="module")
def answers(settings: Path, imitation: Callable[[], Pipe]) -> dict[str, tuple[object, object]]:
    """Ours and sshd's, which is asked side by side: most of the time nothing is said."""
    with ThreadPoolExecutor(24) as pool:
        asked = {}
        for name in (*RAW, *KEYED):
            ends = Listened(imitation())
            asked[name] = of_ours(ends, name), pool.submit(of_the_real, settings, name, ends.silences)
        return {name: (ours, theirs.result()) for name, (ours, theirs) in asked.items()}


@pytest.mark.parametrize("name", RAW)
def test_any_bytes_are_answered_alike(name, answers):
    ours, theirs = answers[name]
    assert ours == theirs


@pytest.mark.parametrize("name", KEYED)
def test_messages_behind_the_keys_are_answered_alike(name, answers):
    ours, theirs = answers[name]
    assert ours == theirs
