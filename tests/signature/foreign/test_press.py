"""Outcomes to what is kept: gaps for the host's name, requests by number, bundles by protocol."""

import pytest

from rawspoof.core.signature.foreign.press import Left, Made, gaps, gather, rename, seeded
from rawspoof.core.signature.imported import Entry, Request
from rawspoof.core.signature.pattern.plausible import HOST


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (b"220 " + HOST + b" ready", (b"220 ", "fqdn", b" ready")),
        (b"web01> " + HOST, ("host", b"> ", "fqdn")),
        (HOST + HOST, ("fqdn", "fqdn")),
        (b"plain", (b"plain",)),
    ],
)
def test_the_stand_in_becomes_a_gap(text, parts):
    assert gaps(text) == parts


def test_renaming_takes_both_names():
    assert rename(b"web01 is " + HOST, b"a.b.c") == b"a is a.b.c"


def test_seeds_differ_by_secret_and_by_line():
    seeds = {seeded(b"s", b"a", b"b"), seeded(b"t", b"a", b"b"), seeded(b"s", b"ab"), seeded(b"s", b"a", b"c")}
    assert len(seeds) == 4
    assert seeded(b"", b"a") == seeded(b"", b"a")


def test_gathering():
    get, other = Request(b"GET", True), Request(b"x")
    made = gather(
        [
            Made(Entry(1, "A", "1", (b"a",)), "http", "linux", get),
            Left(9, "late"),
            Made(Entry(2, "B", "", (b"b",)), "http", "any", other),
            Left(3, "early"),
            Made(Entry(4, "C", "", (b"c",)), "http", "any", None, "Rare", (7,)),
        ]
    )
    assert made.requests == (get, other)
    assert made.problems == ((3, "early"), (9, "late"))
    assert [(b.protocol, b.place, b.ports, {os: len(e) for os, e in b.entries.items()}) for b in made.bundles] == [
        ("http", "", (), {"linux": 1, "any": 1}),
        ("http", "Rare", (7,), {"any": 1}),
    ]
