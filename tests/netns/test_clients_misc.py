"""Clients of directories, brokers and controllers meet a sensor, and end as they do elsewhere; we know what they tried.

All of them run at once against one sensor, and those of Active Directory against another.
"""

import json
import shlex
import subprocess
from pathlib import Path
from subprocess import DEVNULL, PIPE, STDOUT
from typing import Final, NamedTuple

import pytest

from rawspoof.edges.lab.namespaces import Lab
from tests.netns.sensors import running, town, until
from tests.netns.taps import TARGET

pytestmark = pytest.mark.netns

PROMPT: Final = ("--delivery", "prompt")
CLIENT_S: Final = 30.0
PORTS: Final = {"ldap": 389, "mqtt": 1883, "amqp": 5672, "modbus": 502, "siemens-s7": 102, "jdwp": 5005, "bgp": 179}
"""Where these live in a world that is the same in every run."""
WINDOWS: Final = "active-directory"


class Case(NamedTuple):
    """A client, what it prints among other things, how it ends, and what it tried."""

    service: str
    argv: str
    """`{port}`, `{to}` and `{uri}` stand for the place."""
    text: str
    status: int = 0
    proof: tuple[str, str, str] | None = None
    """Method, user, and what the secret begins with."""


BIND = "ldapsearch -x -H {uri} -s base -D cn=admin,dc=x -w "
HYDRA = "hydra -I -t 1 -l cn=admin,dc=x -s {port} "
NMAP = "nmap -Pn -n -sT -p {port} "
CASES: Final = {
    "ldapsearch-root": Case("ldap", "ldapsearch -x -LLL -H {uri} -s base -b '' +", "namingContexts: DC="),
    "ldapsearch-tree": Case("ldap", "ldapsearch -x -H {uri} -b dc=foo", "result: 32 No such object", 32),
    "ldapsearch-bind": Case("ldap", BIND + "pw", "Invalid credentials (49)", 49, ("simple", "cn=admin,dc=x", "pw")),
    "ldapsearch-tls": Case(
        "ldap",
        "env LDAPTLS_REQCERT=never LDAPTLS_CIPHER_SUITE=NORMAL:+VERS-ALL:%COMPAT " + BIND + "tls -ZZ",
        "Invalid credentials (49)",
        49,
        ("simple", "cn=admin,dc=x", "tls"),
    ),
    "ldapsearch-digest": Case(
        "ldap",
        "ldapsearch -H {uri} -Y DIGEST-MD5 -U eve -w pw",
        "SASL(-13): user not found",
        49,
        ("DIGEST-MD5", "eve", b'nonce="'.hex()),
    ),
    "ldapwhoami": Case("ldap", "ldapwhoami -x -H {uri}", "anonymous"),
    "hydra-ldap2": Case("ldap", HYDRA + "-p h2 {to} ldap2", "0 valid password", 0, ("simple", "cn=admin,dc=x", "h2")),
    "hydra-ldap3": Case("ldap", HYDRA + "-p h3 {to} ldap3", "0 valid password", 0, ("simple", "cn=admin,dc=x", "h3")),
    "hydra-cram-md5": Case(
        "ldap", HYDRA + "-p hc -m dc=x {to} ldap3-crammd5", "0 valid password", 0, ("CRAM-MD5", "cn=admin,dc=x", "3c")
    ),
    "nmap-ldap": Case("ldap", NMAP + "--script +ldap-rootdse {to}", "supportedSASLMechanisms: DIGEST-MD5"),
    "windows-root": Case(WINDOWS, "ldapsearch -x -LLL -H {uri} -s base -b '' dnsHostName", "dnsHostName: "),
    "windows-bind": Case(
        WINDOWS,
        "ldapsearch -x -H {uri} -s base -D EXAMPLE\\\\bob -w pw",
        "AcceptSecurityContext error, data 52e",
        49,
        ("simple", "EXAMPLE\\bob", "pw"),
    ),
    "windows-tree": Case(WINDOWS, "ldapsearch -x -H {uri} -b dc=x", "DSID-", 1),
    "mosquitto": Case(
        "mqtt",
        "mosquitto_pub -h {to} -p {port} -t a -m b -u bob -P pw",
        "Connection Refused: not authorised.",
        5,
        ("password", "bob", "pw"),
    ),
    "mosquitto-nobody": Case("mqtt", "mosquitto_pub -h {to} -p {port} -t a -m b", "Refused: not authorised.", 5),
    "mosquitto-v5": Case(
        "mqtt",
        "mosquitto_sub -h {to} -p {port} -t # -V mqttv5 -u bob -P pw5",
        "Not authorized",
        135,
        ("password", "bob", "pw5"),
    ),
    "ncrack-mqtt": Case(
        "mqtt", "ncrack --user bob --pass nc mqtt://{to}:{port}", "1 service scanned", 0, ("password", "bob", "nc")
    ),
    "nmap-mqtt": Case("mqtt", NMAP + "--script +mqtt-subscribe {to}", "Connection rejected: Not Authorized"),
    "nmap-amqp": Case("amqp", NMAP + "--script +amqp-info {to}", "product: RabbitMQ"),
    "nmap-modbus": Case("modbus", NMAP + "--script +modbus-discover {to}", "Device identification: Schneider"),
    "nmap-s7": Case("siemens-s7", NMAP + "--script +s7-info {to}", "Copyright: Original Siemens Equipment"),
    "nmap-jdwp": Case("jdwp", NMAP + "-sV {to}", "Java Debug Wire Protocol"),
    "nmap-bgp": Case("bgp", NMAP + "-sV {to}", "bgp"),
}


class Ended(NamedTuple):
    """What came of a client."""

    status: int
    text: str


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Ended], Path]:
    """How every client ended, and the file of events."""
    events = tmp_path_factory.mktemp("misc") / "events"
    ended = {}
    for only in ((), ("--only", WINDOWS)):
        cases = {name: case for name, case in CASES.items() if (case.service == WINDOWS) is bool(only)}
        with Lab() as lab, running(lab, *PROMPT, *only, "--events", str(events)):
            started = {name: _started(lab, case) for name, case in cases.items()}
            ended |= {name: _ended(process) for name, process in started.items()}
            until(lambda cases=cases: all(_told(events, case) for case in cases.values()), 5.0)
    return ended, events


def _started(lab: Lab, case: Case) -> "subprocess.Popen[str]":
    port = PORTS.get(case.service, 389)
    argv = shlex.split(case.argv.format(port=port, to=TARGET, uri=f"ldap://{TARGET}:{port}"), comments=False)
    return lab.run("attacker", argv, stdin=DEVNULL, stdout=PIPE, stderr=STDOUT, text=True)


def _ended(process: "subprocess.Popen[str]") -> Ended:
    try:
        text, _ = process.communicate(timeout=CLIENT_S)
    except subprocess.TimeoutExpired:
        # Whoever waits for ever fails its own test, not those of all others.
        process.kill()
        text, _ = process.communicate()
    return Ended(process.returncode, text)


def _told(events: Path, case: Case) -> bool:
    """Whether there is an event of what the client tried."""
    if case.proof is None:
        return True
    method, user, secret = case.proof
    return any(proof[:3] == (case.service, method, user) and proof[3].startswith(secret) for proof in proofs(events))


def proofs(events: Path) -> set[tuple[str, str, str, str]]:
    told = [json.loads(line) for line in events.read_text().split("\n")[:-1]]
    return {
        (said["service"], said["method"], *(bytes.fromhex(said[which]["hex"]).decode() for which in ("user", "secret")))
        for event in told
        if event["event"]["action"] == "service.credential"
        for said in (event["rawspoof"],)
    }


def test_the_services_are_where_they_are_looked_for():
    profile = town(*PROMPT)
    assert {service: profile(port).identity.service for service, port in PORTS.items()} == {s: s for s in PORTS}


@pytest.mark.parametrize("name", CASES)
def test_it_ends_as_against_any_server_that_refuses(seen, name):
    ended, events = seen
    case = CASES[name]
    assert case.text in ended[name].text
    assert ended[name].status == case.status, ended[name].text
    assert _told(events, case)
