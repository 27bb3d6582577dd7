"""What is dealt at ports of TLS: the services of the plain port, spoken inside, and nobody else's port changed."""

import random

import pytest

from rawspoof.core.signature.catalogue import Catalogue
from rawspoof.core.signature.tls_ports import PLAIN, WEB_SHARE
from rawspoof.core.world import host
from rawspoof.edges.system.signatures import load_catalogue

CATALOGUE = load_catalogue(())[0]
RNG = random.Random(7)
NUMBERS = [RNG.getrandbits(96) for _ in range(400)]

TOML = """
[[service]]
id = "mail"
expect = { service = "imap", product = "Mail" }
ports = { 143 = 10, any = 1 }
greet = 'hello'
  [[service.set]]

[[service]]
id = "odd"
expect = { service = "odd", product = "Odd" }
ports = { 993 = 10, any = 1 }
greet = 'odd'
  [[service.set]]
"""


def identities(catalogue: Catalogue, port: int, only: str | None = None, family: str = "linux"):
    facts = host.facts(bytes(range(32)), bytes(4), port, b"seed")
    return [catalogue.pick(port, number, family, only).identity(facts) for number in NUMBERS]


@pytest.mark.parametrize("port", sorted(PLAIN))
def test_at_a_tls_port_lives_what_lives_at_the_plain_one(port):
    # Active Directory and WinRM live on Windows only.
    family = "windows" if port in (3269, 5986) else "linux"
    plain = {who.protocol for who in identities(CATALOGUE, PLAIN[port], family=family)}
    dealt = identities(CATALOGUE, port, family=family)
    found = [who for who in dealt if PLAIN[port] in CATALOGUE.services[who.service].ports]
    assert len(found) > len(NUMBERS) * 0.7
    assert {who.tls for who in found} == {"implicit"}
    assert {who.protocol for who in found} <= plain
    assert all(who.facts["port"] == b"%d" % port for who in found)
    assert {who.seen_as for who in found} == {f"ssl/{who.protocol}" for who in found}


def test_no_service_speaks_tls_at_its_plain_port():
    for port in (21, 22, 25, 80, 143, 3306, 8080):
        assert not [who for who in identities(CATALOGUE, port) if who.tls == "implicit"]


def test_what_is_at_home_at_the_tls_port_alone_stays_as_it_is():
    services, problems = Catalogue.parse("x", TOML)
    assert not problems
    met = {(who.service, who.tls) for who in identities(Catalogue(services), 993)}
    assert met == {("mail", "implicit"), ("odd", "")}


def test_a_service_dealt_alone_is_itself_everywhere_and_inside_tls_where_it_belongs():
    assert {who.tls for who in identities(CATALOGUE, 443, "nginx")} == {"implicit"}
    assert "implicit" not in {who.tls for who in identities(CATALOGUE, 40001, "nginx")}
    assert {(who.service, who.tls) for who in identities(CATALOGUE, 443, "openssh")} == {("openssh", "")}


def test_some_web_servers_speak_tls_where_nobody_is_at_home():
    web = [who for who in identities(CATALOGUE, 40001) if who.protocol == "http"]
    share = sum(who.tls == "implicit" for who in web) / len(web)
    assert 0.5 / WEB_SHARE < share < 2 / WEB_SHARE
    assert not [who for who in identities(CATALOGUE, 40001) if who.protocol != "http" and who.tls == "implicit"]
