"""Clients, brute forcers and nmap's scripts of plain protocols end as against servers that refuse, and we know it all.

All of them run at once against one sensor, which has a service of each kind at a port of its own.
"""

import os
import pty
import re
from collections.abc import Iterator
from typing import Final

import pytest

from rawspoof.edges.system.signatures import folder
from tests.netns.programs import HEARD_S, Case, Ended, Place, check, credentials, place, program, side_by_side
from tests.netns.sensors import open_folder, until
from tests.netns.taps import TARGET

pytestmark = pytest.mark.netns

TYPED_S: Final = 10.0
FIRST_PORT: Final = 45001
CERTAIN: Final = 1_000_000
"""A weight at a port against which no other service has a chance."""

# Where each kind is found: its file, its id, and which of its sets.
KINDS: Final = {
    "busybox": ("telnet", "busybox-telnetd", 0),
    "linux": ("telnet", "telnetd", 0),
    "cisco": ("telnet", "network-telnet", 0),
    "redis": ("nosql", "redis", 0),
    "locked": ("nosql", "redis-elsewhere", 0),
    "memcached": ("nosql", "memcached", 0),
    "zookeeper": ("nosql", "zookeeper", 0),
    "rsync": ("transfer", "rsync", 1),
    "git": ("transfer", "git-daemon", 0),
    "nats": ("nats", "nats", 0),
    "pjl": ("printing", "jetdirect", 0),
    "irc": ("chat", "unrealircd", 0),
    "rtsp": ("rtsp", "camera-rtsp", 1),
    "sip": ("sip", "asterisk-sip", 0),
    "finger": ("finger", "freebsd-fingerd", 0),
    "ident": ("ident", "freebsd-identd", 0),
}
PORTS: Final = {kind: port for port, kind in enumerate(KINDS, FIRST_PORT)}


NMAP: Final = "nmap -Pn -n -sT -p {port} {to} --script +"
NC: Final = "nc -w 5 {to} {port}"
HYDRA: Final = "hydra -I -t 1 -w 8 -s {port} -p "
NONE: Final = "0 valid password"
REGISTER: Final = (
    b"REGISTER sip:pbx SIP/2.0\r\nVia: SIP/2.0/TCP a;branch=b\r\nFrom: <sip:100@pbx>;tag=1\r\nTo: <sip:100@pbx>\r\n"
    b'Call-ID: 1\r\nCSeq: 1 REGISTER\r\nAuthorization: Digest username="100", response="r"\r\nContent-Length: 0\r\n\r\n'
)
CASES: Final = {
    "hydra-telnet": Case("busybox", HYDRA + "xc3511 -l root {to} telnet", NONE, 0, ("password", "root", "xc3511")),
    "hydra-telnetd": Case("linux", HYDRA + "vizxv -l root {to} telnet", NONE, 0, ("password", "root", "vizxv")),
    "hydra-cisco": Case("cisco", HYDRA + "cisco -l admin {to} telnet", NONE, 0, ("password", "admin", "cisco")),
    "medusa-telnet": Case(
        "busybox",
        "medusa -h {to} -n {port} -u admin -p 7ujMko0 -M telnet",
        "ACCOUNT CHECK: [telnet]",
        0,
        ("password", "admin", "7ujMko0"),
    ),
    "redis-ping": Case("redis", "redis-cli -h {to} -p {port} ping", "PONG"),
    "redis-info": Case("redis", "redis-cli -h {to} -p {port} info server", "redis_version:"),
    "redis-get": Case("redis", "redis-cli -h {to} -p {port} get a", "NOAUTH Authentication required."),
    "redis-auth": Case(
        "locked", "redis-cli -h {to} -p {port} -a foobared ping", "AUTH failed: ", 0, ("AUTH", "", "foobared")
    ),
    "redis-user": Case(
        "locked", "redis-cli -h {to} -p {port} --user bob --pass pw ping", "AUTH failed: ", 0, ("AUTH", "bob", "pw")
    ),
    "redis-3": Case("redis", "redis-cli -3 -h {to} -p {port} ping", "HELLO"),
    "hydra-redis": Case("locked", HYDRA + "hredis {to} redis", NONE, 0, ("AUTH", "", "hredis")),
    "nmap-redis": Case("redis", NMAP + "redis-info", "Version: "),
    "nmap-memcached": Case("memcached", NMAP + "memcached-info", "Server time"),
    # Its library has no patience with a busy machine, and hydra takes that for a login to be tried: again, then.
    "hydra-memcached": Case(
        "memcached",
        "sh -c 'for wait in 1 2 4 8 0; do "
        f"{HYDRA}hmem -l bob {{to}} memcached; status=$?; [ $status = 0 ] || break; sleep $wait; done; exit $status'",
        "Memcached server does not require any authentication",
        255,
    ),
    "nc-memcached": Case("memcached", NC, "VERSION 1.", 0, None, b"version\r\nset a 0 0 1\r\nx\r\nquit\r\n"),
    "nc-zookeeper": Case("zookeeper", NC, "imok", 0, None, b"ruok"),
    "rsync-list": Case("rsync", "rsync --list-only rsync://{to}:{port}/", "nightly backups"),
    "rsync-module": Case(
        "rsync",
        "env RSYNC_PASSWORD=pw rsync --list-only rsync://bob@{to}:{port}/backup/",
        "@ERROR: auth failed on module backup",
        5,
    ),
    "rsync-unknown": Case("rsync", "rsync --list-only rsync://{to}:{port}/etc/", "@ERROR: Unknown module 'etc'", 5),
    "git": Case(
        "git",
        "git ls-remote git://{to}:{port}/a.git",
        "fatal: remote error: access denied or repository not exported: /a.git",
        128,
    ),
    "nats": Case(
        "nats",
        NC,
        "-ERR 'Authorization Violation'",
        0,
        ("password", "admin", "nats"),
        b'PING\r\nCONNECT {"verbose":false,"user":"admin","pass":"nats"}\r\n',
    ),
    "nc-pjl": Case("pjl", NC, 'DISPLAY="HACKED"', 0, None, b'@PJL RDYMSG DISPLAY="HACKED"\r\n@PJL INFO STATUS\r\n'),
    "hydra-irc": Case("irc", HYDRA + "hirc -l bob {to} irc", NONE),
    "nmap-irc": Case("irc", NMAP + "irc-info", "open"),
    "nc-irc": Case(
        "irc",
        NC,
        "ERROR :Closing Link",
        0,
        ("PASS", "joe", "pw"),
        b"PASS pw\r\nNICK joe\r\nUSER joe 0 * :Joe\r\n",
    ),
    "nmap-rtsp": Case("rtsp", NMAP + "rtsp-methods", "DESCRIBE, SETUP"),
    "hydra-rtsp": Case("rtsp", HYDRA + "hrtsp -l bob {to} rtsp", NONE),
    "nmap-sip": Case("sip", NMAP + "sip-methods", "INVITE, ACK"),
    "nc-sip": Case("sip", NC, "SIP/2.0 403 Forbidden", 0, None, REGISTER),
    "nmap-finger": Case("finger", NMAP + "finger", "No one logged on"),
    "nc-ident": Case("ident", NC, "45016 , 6193 : ERROR : HIDDEN-USER", 0, None, b"45016 , 6193\r\n"),
}


def block(file: str, service: str, chosen: int, kind: str) -> str:
    """A service of the catalogue under another name, at home on one port and on every system, with one of its sets."""
    text = (folder() / "services" / f"{file}.toml").read_text()
    (whole,) = (b for b in re.split(r"(?m)^(?=\[\[service\]\])", text) if f'\nid = "{service}"\n' in b)
    head, *sets = re.split(r"(?m)^(?=  \[\[service\.set\]\])", whole)
    head = re.sub(r"(?m)^id = .*$", f'id = "text-{kind}"', head)
    head = re.sub(r"(?m)^ports = .*$", f"ports = {{ {PORTS[kind]} = {CERTAIN} }}", head)
    return head + re.sub(r"(?m)^  (os|weight) = .*\n|^#.*\n", "", sets[chosen])


@pytest.fixture(scope="module")
def sensor() -> Iterator[Place]:
    """One that has all kinds."""
    with open_folder() as here:
        own = here / "own.toml"
        own.write_text("format = 1\n\n" + "\n".join(block(*where, kind) for kind, where in KINDS.items()))
        with place("-s", str(own)) as there:
            yield there


@pytest.fixture(scope="module")
def ended(sensor: Place) -> dict[str, Ended]:
    """How every client ended."""
    with open_folder() as here:
        return side_by_side(here, {name: program(sensor, _full(case)) for name, case in CASES.items()})


def _full(case: Case) -> Case:
    return case._replace(service=f"text-{case.service}", port=PORTS[case.service])


@pytest.mark.parametrize("name", CASES)
def test_it_ends_as_against_any_server_that_refuses(sensor, ended, name):
    check(_full(CASES[name]), ended[name], sensor.events)


@pytest.mark.parametrize(
    ("kind", "method", "user", "secret"),
    [
        # What was answered to a challenge differs from run to run.
        ("rsync", "rsync sha512", "bob", r"[A-Za-z0-9+/]{86}:\S{86}"),
        ("sip", "Digest", "100", 'REGISTER username="100", response="r"'),
        (
            "rtsp",
            "Digest",
            "bob",
            r'DESCRIBE username="bob", realm="IP Camera", nonce="\w{32}", uri="\S+", response="\w{32}"',
        ),
    ],
)
def test_proofs_are_kept_with_what_they_prove(sensor, ended, kind, method, user, secret):
    del ended

    def told() -> list[str]:
        return [said.secret for said in credentials(sensor.events) if said[1:4] == (f"text-{kind}", method, user)]

    secrets = until(told, HEARD_S)
    assert all(re.fullmatch(secret, said) for said in secrets), secrets


def test_somebody_types_at_a_telnet_client(sensor):
    screen, keys = pty.openpty()
    argv = ["telnet", TARGET, str(PORTS["linux"])]
    client = sensor.lab.run("attacker", argv, stdin=keys, stdout=keys, stderr=keys, start_new_session=True)
    os.close(keys)
    seen(screen, b"login: ")
    # The name comes back from the server, the password does not.
    os.write(screen, b"rooo\x7ft\r")
    assert b"rooo\x08 \x08t\r\n" in seen(screen, b"Password: ")
    os.write(screen, b"123456\r")
    shown = seen(screen, b"login: ")
    assert b"Login incorrect" in shown
    assert b"123456" not in shown
    os.write(screen, b"\x04")
    seen(screen, b"Connection closed by foreign host.")
    os.close(screen)
    client.wait(TYPED_S)
    tried = (PORTS["linux"], "text-linux", "password", "root", "123456")
    until(lambda: tried in credentials(sensor.events), HEARD_S)


def seen(screen: int, what: bytes) -> bytes:
    """What is shown up to and with something."""
    shown = b""

    def more() -> bool:
        nonlocal shown
        shown += os.read(screen, 4096)
        return what in shown

    until(more, TYPED_S)
    return shown
