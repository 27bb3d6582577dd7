"""The model of nmap's order: the first line that matches, found by pieces, is the first of all."""

import random
import re

from rawspoof.core.signature.foreign.order import Known, Order, chains
from rawspoof.core.signature.foreign.probes import Line, parse
from tests.signature.foreign.samples import PROBES


def known(*patterns, flags=""):
    lines = (Line(n, False, "x", p, flags, {}) for n, p in enumerate(patterns))
    return [Known.read(line) for line in lines]


def named(order, data, **before):
    found = order.first(data, **before)
    return found and found.line.number


def test_the_first_that_matches_names_it():
    order = Order(known(rb"^abcd(e)?", rb"^abc", rb"cdef|ghij", rb"^.{3}$", rb"(?i)quiet"))
    assert [named(order, d) for d in (b"abcd", b"abcx", b"xghij", b"xyz", b"QuIeT", b"nothing")] == [
        0,
        1,
        2,
        3,
        4,
        None,
    ]
    assert named(order, b"abcd", before=0) is None
    assert named(order, b"abcdef", before=2) == 0


def test_the_groups_come_along():
    assert Order(known(rb"v([\d.]+)")).first(b"x v1.2").groups == [b"v1.2", b"1.2"]


def test_a_line_that_takes_too_long_does_not_match():
    assert named(Order(known(rb"(x+x+)+[yz]", rb"xxx")), b"x" * 4000) == 1


def test_looking_up_by_pieces_finds_what_trying_all_finds():
    rng = random.Random(1)
    words = ["alpha", "beta", "gamma", "al", "b", r"\d+", "[a-m]*", "(?:beta|gamma)", "delta?"]
    patterns = ["".join(rng.choices(words, k=3)).encode() for _ in range(200)]
    order = Order(known(*patterns))
    for _ in range(300):
        text = "".join(rng.choices(["alpha", "beta", "gamma", "delt", "al", "b", "7", "xyz"], k=4)).encode()
        first = next((n for n, pattern in enumerate(patterns) if re.search(pattern, text)), None)
        assert named(order, text) == first


def test_a_probe_s_answers_are_tried_with_its_fallbacks_and_the_greetings():
    again = "\nProbe UDP Rare q|r|\nProbe TCP Falls q|f|\nfallback Snmp,Rare\n"
    probes, _ = parse("p", PROBES + again)
    orders = {(probe.name, probe.udp): Order([]) for probe in probes}
    tried = chains(probes, orders)
    null, get, rare = (orders[name, False] for name in ("NULL", "GetRequest", "Rare"))
    assert tried["NULL"] == [null]
    assert tried["Rare"] == [rare, get, null]
    assert tried["Falls"] == [orders["Falls", False], orders["Snmp", True], rare, null]
    assert "Snmp" not in tried
