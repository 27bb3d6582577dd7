"""Clients of directories, brokers and controllers meet a sensor, and end as they do elsewhere; we know what they tried.

All of them run at once against one sensor, and those of Active Directory against another.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.netns.programs import PROMPT, Case, Ended, check, place, program, side_by_side
from tests.netns.sensors import open_folder, town

pytestmark = pytest.mark.netns

PORTS: Final = {"ldap": 389, "mqtt": 1883, "amqp": 5672, "modbus": 502, "siemens-s7": 102, "jdwp": 5005, "bgp": 179}
"""Where these live in a world that is the same in every run."""
WINDOWS: Final = "active-directory"


BIND = "ldapsearch -x -H ldap://{to}:{port} -s base -D cn=admin,dc=x -w "
HYDRA = "hydra -I -t 1 -l cn=admin,dc=x -s {port} "
NMAP = "nmap -Pn -n -sT -p {port} "
CASES: Final = {
    "ldapsearch-root": Case("ldap", "ldapsearch -x -LLL -H ldap://{to}:{port} -s base -b '' +", "namingContexts: DC="),
    "ldapsearch-tree": Case("ldap", "ldapsearch -x -H ldap://{to}:{port} -b dc=foo", "result: 32 No such object", 32),
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
        "ldapsearch -H ldap://{to}:{port} -Y DIGEST-MD5 -U eve -w pw",
        "SASL(-13): user not found",
        49,
        ("DIGEST-MD5", "eve", re.compile("^" + b'nonce="'.hex())),
    ),
    "ldapwhoami": Case("ldap", "ldapwhoami -x -H ldap://{to}:{port}", "anonymous"),
    "hydra-ldap2": Case("ldap", HYDRA + "-p h2 {to} ldap2", "0 valid password", 0, ("simple", "cn=admin,dc=x", "h2")),
    "hydra-ldap3": Case("ldap", HYDRA + "-p h3 {to} ldap3", "0 valid password", 0, ("simple", "cn=admin,dc=x", "h3")),
    "hydra-cram-md5": Case(
        "ldap",
        HYDRA + "-p hc -m dc=x {to} ldap3-crammd5",
        "0 valid password",
        0,
        ("CRAM-MD5", "cn=admin,dc=x", re.compile("^" + b"<".hex())),
    ),
    "nmap-ldap": Case("ldap", NMAP + "--script +ldap-rootdse {to}", "supportedSASLMechanisms: DIGEST-MD5"),
    "windows-root": Case(
        WINDOWS, "ldapsearch -x -LLL -H ldap://{to}:{port} -s base -b '' dnsHostName", "dnsHostName: "
    ),
    "windows-bind": Case(
        WINDOWS,
        "ldapsearch -x -H ldap://{to}:{port} -s base -D EXAMPLE\\\\bob -w pw",
        "AcceptSecurityContext error, data 52e",
        49,
        ("simple", "EXAMPLE\\bob", "pw"),
    ),
    "windows-tree": Case(WINDOWS, "ldapsearch -x -H ldap://{to}:{port} -b dc=x", "DSID-", 1),
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


@pytest.fixture(scope="module")
def seen() -> Iterator[tuple[dict[str, Ended], dict[bool, Path]]]:
    """How every client ended, and each sensor's file of events."""
    with place() as here, place("--only", WINDOWS) as there, open_folder() as folder:
        places = {False: here, True: there}
        clients = {
            name: program(places[case.service == WINDOWS], case._replace(port=PORTS.get(case.service, 389)))
            for name, case in CASES.items()
        }
        yield side_by_side(folder, clients), {windows: sensor.events for windows, sensor in places.items()}


def test_the_services_are_where_they_are_looked_for():
    profile = town(*PROMPT)
    assert {service: profile(port).identity.service for service, port in PORTS.items()} == {s: s for s in PORTS}


@pytest.mark.parametrize("name", CASES)
def test_it_ends_as_against_any_server_that_refuses(seen, name):
    ended, events = seen
    check(CASES[name], ended[name], events[CASES[name].service == WINDOWS])
