"""Services of foreign lines: to the catalogue like our own, each identity finished text."""

import msgspec

from rawspoof.core.signature.catalogue import Catalogue
from rawspoof.core.signature.foreign.press import Made, gather
from rawspoof.core.signature.imported import Entry, Pressed, Request, services

GET = Request(rb"GET [^\n]*\n", close=True)
FACTS = {"fqdn": b"a.lan", "host": b"a"}


def made(line, product, said, protocol="http", os="any", request=GET, place="", ports=()):
    return Made(Entry(line, product, "1", said), protocol, os, request, place, ports)


PRESSED = gather(
    [
        made(1, "A", (b"hello ", "fqdn", b"!")),
        made(2, "B", (b"x",), os="linux"),
        made(3, "C", (b"y",), os="linux"),
        made(4, "D", (b"220 ", "host"), "FTP/x y", request=None),
        made(5, "E", (b"z",), "rare", place="Rare_Probe", ports=(7, 8)),
    ]
)
FOUND = {service.id: service for service in services("their", PRESSED, {"http": {80: 5, 8080: 1}})}


def identity(service, lot=0, number=0):
    return FOUND[service].identity(FOUND[service].varieties[lot], number, FACTS)


def test_a_service_a_protocol_and_one_for_what_only_a_rare_probe_reveals():
    assert list(FOUND) == ["their-http", "their-ftp-x-y", "their-rare-rare-probe"]
    assert [service.protocol for service in FOUND.values()] == ["http", "FTP/x y", "rare"]


def test_each_line_weighs_one_and_is_at_home_where_its_protocol_is():
    http, ftp, rare = FOUND.values()
    assert (http.ports, http.elsewhere) == ({80: 3, 8080: 3}, 3)
    assert (ftp.ports, ftp.elsewhere) == ({}, 1)
    assert (rare.ports, rare.elsewhere) == ({7: 1, 8: 1}, 0)
    assert [(lot.os, lot.size, lot.weight) for lot in http.varieties] == [("any", 1, 1), ("linux", 2, 2)]


def test_an_answer_says_the_host_s_name_and_closes():
    found = identity("their-http")
    (answer,) = found.answers
    assert (found.product, found.version, found.os, found.greet, found.frame) == ("A", "1", "any", None, "match")
    assert answer.when.match(b"GET /\n")
    assert (answer.say.render(0.0), answer.close) == (b"hello a.lan!", True)
    assert identity("their-http", lot=1, number=1).product == "C"


def test_a_greeting():
    found = identity("their-ftp-x-y")
    assert (found.greet.render(0.0), found.answers) == (b"220 a", ())


def test_what_is_kept_comes_back_the_same():
    kept = msgspec.msgpack.decode(msgspec.msgpack.encode(PRESSED), type=Pressed)
    assert kept == PRESSED
    again = {service.id: service for service in services("their", kept, {})}
    assert again["their-http"].identity(again["their-http"].varieties[0], 0, FACTS) == identity("their-http")


def test_the_catalogue_deals_them_like_our_own():
    catalogue = Catalogue(list(FOUND.values()))
    assert catalogue.identities == 5
    assert {catalogue.pick(80, n, "windows").identity(FACTS).product for n in range(50)} == {"A"}
    assert {catalogue.pick(8, n, "linux").identity(FACTS).product for n in range(50)} == {"E"}
    dealt = {catalogue.pick(99, n * 0x9E3779B97F4A7C15, "linux").identity(FACTS).product for n in range(500)}
    assert dealt == {"A", "B", "C", "D"}
