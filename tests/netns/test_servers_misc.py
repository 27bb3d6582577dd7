"""slapd and mosquitto as Debian has them hear what our speakers hear, and say what ours say.

The real ones listen on the loopback of a lab's side, with folders of their own. Where we differ on purpose: ours has no
entry to read or to compare, and so no `matchedDN`; a bind does not give up the requests before it; challenges are the
connection's own; what the root entry lists as supported is the file's.
"""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from rawspoof.core.conversation.ldap.ber import write
from rawspoof.core.signature.identity import Identity
from rawspoof.edges.lab.namespaces import Lab
from tests.conversation.ldap.requests import (
    ABANDON,
    COMPARE,
    CRITICAL,
    DELETE,
    START_TLS,
    UNBIND,
    WHO_AM_I,
    bind,
    extended,
    message,
    sasl,
    search,
)
from tests.conversation.mqtt_packets import PACKETS
from tests.conversation.talks import living
from tests.netns.sensors import open_folder
from tests.netns.servers import Talk, Where, of_ours, side_by_side

pytestmark = pytest.mark.netns

HERE: Final = "127.0.0.1"
LDAP, MQTT = 389, 1883
LDAP_WHO: Final = living("ldap", version="2.2.X - 2.3.X")
MQTT_WHO: Final = living("mqtt", broker="mosquitto")

SLAPD: Final = """\
include /etc/ldap/schema/core.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile {folder}/pid
database mdb
directory {folder}
suffix "dc=example"
rootdn "cn=admin,dc=example"
rootpw secret
"""
ENTRY: Final = "dn: dc=example\nobjectClass: dcObject\nobjectClass: organization\no: x\ndc: example\n"
MOSQUITTO: Final = "listener {port} {here}\nallow_anonymous false\npassword_file {folder}/passwords\n"

ADMIN = b"cn=admin,dc=example"
BINDS: Final = {
    "nmap's bind": b"0\x0c\2\1\1`\7\2\1\2\4\0\x80\0",
    "anonymous": bind(),
    "version 1": bind(version=1),
    "version 4": bind(version=4),
    "version 2": bind(ADMIN, b"x", version=2),
    "wrong password": bind(ADMIN, b"x"),
    "nobody there": bind(b"cn=bob,dc=example", b"x"),
    "elsewhere": bind(b"uid=a+cn=b,dc=other", b"x"),
    "no password": bind(ADMIN),
    "no name": bind(b"", b"x"),
    "no DN": bind(b"admin", b"x"),
    "no attribute": bind(b"=x", b"x"),
    "number 0": bind(number=0),
    "number -1": bind(number=255),
    "GSSAPI": sasl(b"GSSAPI", b"x"),
    "no mechanism": sasl(b""),
    "other proof": message(1, write(0x60, b"\2\1\3\4\0\x81\1x")),
    "critical": message(1, write(0x60, b"\2\1\3\4\0\x80\0"), CRITICAL),
}
SEARCHES: Final = {
    "root": search(),
    "root by name": search(b"", 0, b"SUBSCHEMASUBENTRY", b"supportedldapversion", b"foo", b"entryDN"),
    "root without": search(b"", 0, b"1.1"),
    "root's types": search(b"", 0, b"*", types_only=255),
    "below the root": search(b"", 2),
    "elsewhere": search(b"dc=other", 2),
    "no DN": search(b"foo", 2),
    "schema": search(b"cn=Subschema"),
    "scope 9": search(b"", 9),
    "search, critical": message(1, search()[5:], CRITICAL),
}
OTHERS: Final = {
    "StartTLS": START_TLS,
    "StartTLS with data": extended(b"1.3.6.1.4.1.1466.20037", b"x"),
    "whoami": WHO_AM_I,
    "unknown extension": extended(b"1.2.3"),
    "password": extended(b"1.3.6.1.4.1.4203.1.11.1", write(0x30, write(0x82, b"x"))),
    "unbind": UNBIND,
    "abandon": ABANDON,
    "delete": DELETE,
    "compare elsewhere": COMPARE.replace(b"dc=example", b"dc=another"),
    "unknown operation": message(3, b"\x7e\0"),
    "bad bind": message(3, b"\x60\2xx"),
    "bad search": message(3, b"\x63\2xx"),
    "no number": b"0\2\4\0",
    "HTTP": b"GET / HTTP/1.0\r\n\r\n",
    "TLS": b"\x16\3\1\2\0\1",
    "other tag": b"1\0",
    "empty": b"0\0",
    "endless": b"0\x80\0\0",
    "huge": b"0\x84\xff\xff\xff\xff",
    "absurd": b"0\x89" + bytes(9),
    "half": b"0\x0c\2\1",
    "garbage": b"\r\n\r\n" + bytes(20),
}
REQUESTS: Final = {**BINDS, **SEARCHES, **OTHERS}
CHALLENGES: Final = {"DIGEST-MD5": sasl(b"DIGEST-MD5"), "CRAM-MD5": sasl(b"CRAM-MD5")}
OWN: Final = re.compile(rb'(?s)^.*\x87\x81?.|(?<=nonce=)"[^"]*"|(?<=realm=)"[^"]*"|(?<=<)[\d.]+@[^>]*')
"""Of a challenge, what is its connection's and its host's: lengths, nonce, realm, stamp."""


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with open_folder() as made:
        yield made


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab() as both:
        yield both


def _run(lab: Lab, *argv: str) -> None:
    lab.run("sensor", argv, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _talk(who: Identity, port: int, request: bytes) -> Talk:
    return Talk(Where(port, HERE, "sensor"), (request,), of_ours(who, (request,)))


@pytest.fixture(scope="module")
def slapd(lab: Lab, folder: Path) -> dict[str, list[bytes]]:
    """What slapd says to each request."""
    config, entry = folder / "slapd.conf", folder / "entry"
    config.write_text(SLAPD.format(folder=folder))
    entry.write_text(ENTRY)
    subprocess.run(["/usr/sbin/slapadd", "-f", config, "-l", entry], check=True, capture_output=True)
    _run(lab, "/usr/sbin/slapd", "-d", "0", "-f", str(config), "-h", f"ldap://{HERE}:{LDAP}")
    requests = {name: _talk(LDAP_WHO, LDAP, request) for name, request in REQUESTS.items()}
    # Of challenges the length is nobody's but their own.
    challenges = {name: Talk(Where(LDAP, HERE, "sensor"), (r,), (b"", b"0")) for name, r in CHALLENGES.items()}
    return side_by_side(lab, requests | challenges)


@pytest.fixture(scope="module")
def mosquitto(lab: Lab, folder: Path) -> dict[str, list[bytes]]:
    """What mosquitto says to each packet."""
    config, passwords = folder / "mosquitto.conf", folder / "passwords"
    subprocess.run(["mosquitto_passwd", "-b", "-c", passwords, "alice", "secret"], check=True, capture_output=True)
    passwords.chmod(0o644)
    config.write_text(MOSQUITTO.format(port=MQTT, here=HERE, folder=folder))
    _run(lab, "/usr/sbin/mosquitto", "-c", str(config))
    return side_by_side(lab, {name: _talk(MQTT_WHO, MQTT, packet) for name, packet in PACKETS.items()})


@pytest.mark.parametrize("name", REQUESTS)
def test_slapd_says_what_ours_says(slapd, name):
    assert of_ours(LDAP_WHO, (REQUESTS[name],)) == slapd[name]


@pytest.mark.parametrize("name", CHALLENGES)
def test_slapd_challenges_as_ours_does(slapd, name):
    told = [OWN.sub(b"", said) for _, said in (slapd[name], of_ours(living("ldap"), (CHALLENGES[name],)))]
    assert told[0] == told[1] != b""


@pytest.mark.parametrize("name", PACKETS)
def test_mosquitto_says_what_ours_says(mosquitto, name):
    assert of_ours(MQTT_WHO, (PACKETS[name],)) == mosquitto[name]
