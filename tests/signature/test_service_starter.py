"""The services that come along: enough of them, each identity says what it expects nmap to print, on every host."""

import random
import re
from collections import Counter
from pathlib import Path

from rawspoof.core.signature.catalogue import Catalogue
from rawspoof.core.signature.service import HOST_FACTS
from rawspoof.core.signature.site import ASKED, STAMPS
from rawspoof.core.world import host
from rawspoof.edges.system.signatures import load_catalogue

CATALOGUE, PROBLEMS = load_catalogue(())
SERVICES = list(CATALOGUE.services.values())
HOSTS = 20
NOON = 1735732800.0

UNSEEN_VERSION = {
    "activemq-stomp": "nmap knows it by the line of its source",
    "haproxy": "nmap tells the version from the headers of an error page",
    "ceph": "nmap sets a word before it",
    "nbd": "nmap tells the version from the magic number",
    "realvnc": "nmap tells the version from the protocol number",
    "pyftpdlib": "nmap knows since when the greeting has none",
    "vshell": "written with underscores, shown with dots",
    "netqmail": "nmap knows it by its words",
    "prosody": "nmap knows since when an error has its name",
    "openfire": "nmap knows since when an error has its name",
    "lync-sip": "nmap knows the product of each RTC",
    "telnetd": "nmap knows which IRIX by the words of its prompt",
}
WITHOUT_PRODUCT = {
    *("rsync", "nats", "daytime", "dnp3", "time", "echo", "netstat"),
    *("mqtt", "socks4", "socks5", "iperf3"),
    *("rpcbind", "nfs", "mountd", "nlockmgr", "statd", "rquotad", "ypserv", "ypbind"),
    *("rusersd", "sprayd", "cmsd", "ttdbserverd", "sadmind", "kafka", "keyserv", "nisd", "rstatd", "bgp", "q931"),
    *("x11-closed", "x11-closed-old"),
}

FAMOUS = {
    21: "ftp",
    22: "ssh",
    23: "telnet",
    25: "smtp",
    80: "http",
    110: "pop3",
    119: "nntp",
    143: "imap",
    443: "ssl/http",
    587: "smtp",
    3306: "mysql",
    5900: "vnc",
}
"""Ports that speak the same protocol, if through a proxy, on a host of any family."""


def facts(number, port=4000):
    rng = random.Random(number)
    return host.facts(rng.randbytes(32), rng.randbytes(4), port, rng.randbytes(4))


def identities(service, at=None):
    at = at or facts(0)
    return [service.identity(v, n, at) for v in service.varieties for n in range(v.size)]


def templates(identity):
    """What it says, to requests with nothing in what is echoed."""
    greeting = [identity.greet] if identity.greet else []
    asked = {**identity.facts, **dict.fromkeys(ASKED | STAMPS, b"")}
    pages = [template.bind(asked) for template in pages_of(identity.site)]
    words = [word.bind({}) for word in identity.words.values()]
    return [*greeting, *(a.say.bind(dict.fromkeys(a.when.groupindex, b"")) for a in identity.answers), *words, *pages]


def pages_of(site):
    """All templates of a web server's responses."""
    if site is None:
        return []
    responses = [*(page.response for page in site.pages), *site.cases.values()]
    return [template for response in responses for template in (response.head, response.body)]


def said(identity, now=NOON):
    return b"\0".join(t.render(now) for t in templates(identity))


def in_plain_words(service):
    """Binary answers may say a version in numbers, or by how they are made."""
    return isinstance(service.frame, str) and service.frame != "ber"


def test_every_file_is_read_without_a_problem():
    assert PROBLEMS == []


def test_there_are_enough():
    assert CATALOGUE.identities >= 3000
    assert len({s.protocol for s in SERVICES}) >= 20
    assert len(SERVICES) >= 80


def test_the_example_of_the_readme_is_a_service():
    text = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    examples = [block for block in re.findall(r"```toml\n(.*?)```", text, re.DOTALL) if "[[service]]" in block]
    assert [(len(services), problems) for services, problems in map(read, examples)] == [(1, [])]


def read(text):
    return Catalogue.parse("README.md", text)


def test_all_identities_of_a_service_differ():
    for service in SERVICES:
        spoken = Counter((i.os, i.version, said(i)) for i in identities(service))
        assert [i[:2] for i, n in spoken.items() if n > 1] == [], service.id


def test_what_nmap_is_to_print_is_said():
    for service in SERVICES:
        for identity in identities(service):
            assert bool(identity.product) is (service.id not in WITHOUT_PRODUCT), identity
            plain = in_plain_words(service) and service.id not in UNSEEN_VERSION
            words = [] if not plain else identity.version.lower().encode().split()
            spoken = said(identity).lower()
            assert [w for w in words if w not in spoken] == [], identity


def test_every_identity_renders_on_every_host_with_the_size_it_tells():
    for number in range(HOSTS):
        here = facts(number)
        for service in SERVICES:
            for identity in identities(service, here)[number::HOSTS]:
                for template in templates(identity):
                    assert template.missing() == set()
                    assert len(template.render(NOON)) == len(template.render(7e9 + number)) == template.size


def test_a_host_says_the_same_again_and_another_host_something_else():
    mine, same, theirs = facts(1), facts(1), facts(2)
    for service in SERVICES:
        for variety in service.varieties:
            named = any(t.missing() & HOST_FACTS - {"port"} for t in spoken_templates(service, variety))
            for number in {0, variety.size - 1}:
                one, again, other = (said(service.identity(variety, number, at)) for at in (mine, same, theirs))
                assert one == again
                assert (one != other) is named, (service.id, number)


def spoken_templates(service, variety):
    yield from (a.say for a in service.answers)
    yield from service.words.values()
    yield from pages_of(service.site)
    if variety.greet:
        yield variety.greet


def test_no_field_is_left_in_what_is_said():
    for service in SERVICES:
        assert not re.search(rb"\{\w+\}", said(identities(service)[0])), service.id


def test_famous_ports_speak_what_belongs_there_on_every_family():
    rng = random.Random(5)
    for family in ("linux", "windows", "freebsd"):
        for port, protocol in FAMOUS.items():
            choices = [CATALOGUE.pick(port, rng.getrandbits(96), family) for _ in range(100)]
            picks = {choice.identity(facts(1, port)).seen_as for choice in choices}
            assert {p.removesuffix("-proxy") for p in picks} == {protocol}, (family, port)


def test_what_only_a_port_s_own_probes_reveal_lives_on_that_port():
    assert {"redis", "memcached", "daytime", "debian-fingerd"} <= {s.id for s in SERVICES if not s.elsewhere}


def test_answers_understand_their_patterns_in_time():
    # A pattern that backtracks would let one peer stop the sensor.
    hostile = [b"A" * 16000, b"GET /" + b"?" * 16000, b" " * 16000, b"\r\n" * 8000]
    for service in SERVICES:
        for request in hostile:
            assert isinstance([bool(a.when.match(request)) for a in service.answers], list)
