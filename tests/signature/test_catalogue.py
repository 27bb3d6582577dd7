"""The catalogue: what it reads, what it leaves out and why, and which identity a number means at a port."""

import random
from collections import Counter

import pytest

from rawspoof.core.signature.catalogue import Catalogue, fits

SERVICE = """
[[service]]
id = "{id}"
expect = {{ service = "{id}", product = "P", version = "{{ver}}" }}
greet = 'hello {{ver}}'
ports = {{ {ports} }}
  [[service.set]]
  os = "linux/debian"
  weight = 3
  ver = ["1.{{0-4}}"]
  [[service.set]]
  os = "windows"
  weight = 1
  ver = ["9"]
"""


def text(*services):
    return "format = 1\n" + "".join(SERVICE.format(id=name, ports=ports) for name, ports in services)


def catalogue(*services):
    found, problems = Catalogue.parse("t.toml", text(*services))
    assert not problems
    return Catalogue(found)


def dealt(shelf, port, family="linux", only=None, throws=4000):
    rng = random.Random(port)
    return Counter(shelf.pick(port, rng.getrandbits(96), family, only).service.id for _ in range(throws))


def test_identities_are_counted():
    assert catalogue(("a", "1 = 1"), ("b", "2 = 1, any = 1")).identities == 12


def test_a_listed_port_belongs_to_those_who_list_it():
    shelf = catalogue(("a", "22 = 30"), ("b", "22 = 10, 80 = 1"), ("c", "any = 1000"))
    shares = dealt(shelf, 22)
    assert set(shares) == {"a", "b"}
    assert 0.70 < shares["a"] / shares.total() < 0.80
    assert set(dealt(shelf, 80)) == {"b"}
    assert set(dealt(shelf, 5)) == {"c"}


def test_a_service_weighs_the_same_however_its_sets_weigh():
    heavy = text(("a", "22 = 10"), ("b", "22 = 10, any = 1")).replace("weight = 3", "weight = 90", 1)
    found, _ = Catalogue.parse("t", heavy)
    shares = dealt(Catalogue(found), 22)
    assert 0.45 < shares["a"] / shares.total() < 0.55


def test_only_what_runs_on_the_family_is_dealt():
    shelf = catalogue(("a", "any = 1"))
    rng = random.Random(1)
    for family in ("linux", "windows"):
        assert {shelf.pick(9, rng.getrandbits(64), family).variety.os.split("/")[0] for _ in range(300)} == {family}


@pytest.mark.parametrize(
    ("os", "family", "may"),
    [
        ("any", "windows", True),
        ("linux/ubuntu", "linux", True),
        ("linux/ubuntu", "freebsd", False),
        ("unix", "freebsd", True),
        ("unix", "linux", True),
        ("unix", "windows", False),
        ("linuxish", "linux", False),
    ],
)
def test_which_identity_fits_which_host(os, family, may):
    assert fits(os, family) is may


def test_only_one_service_on_every_port_whatever_the_family():
    shelf = catalogue(("a", "22 = 1"), ("b", "any = 1"))
    assert set(dealt(shelf, 80, only="a")) == {"a"}
    assert set(dealt(shelf, 80, family="freebsd", only="a")) == {"a"}


def test_a_family_nothing_fits_is_told():
    with pytest.raises(ValueError, match="no service fits a freebsd host"):
        catalogue(("a", "any = 1")).pick(1, 0, "freebsd")


def test_a_pick_is_a_function_of_its_arguments_and_reaches_every_identity():
    one, other = catalogue(("a", "any = 1")), catalogue(("a", "any = 1"))
    rng = random.Random(3)
    numbers = [rng.getrandbits(80) for _ in range(500)]
    picks = [one.pick(7, n, "linux") for n in numbers]
    assert [p.number for p in picks] == [other.pick(7, n, "linux").number for n in numbers]
    assert {p.identity({}).greet.render(0.0) for p in picks} == {b"hello 1.%d" % n for n in range(5)}


def test_a_slip_costs_its_own_service_and_no_other():
    broken = text(("a", "any = 1"), ("b", "any = "), ("c", "any = 1"), ("d", "any = -1"))
    found, problems = Catalogue.parse("t.toml", broken)
    lines = broken.split("\n")
    assert [s.id for s in found] == ["a", "c"]
    assert [(p.file, p.line) for p in problems] == [
        ("t.toml", lines.index("ports = { any =  }") + 1),
        ("t.toml", lines.index('id = "d"')),
    ]
    assert str(problems[1]).startswith(f"t.toml:{problems[1].line}: ")
    assert "-1" in problems[1].reason or ">= 0" in problems[1].reason


def test_lists_of_a_file_are_its_services_own():
    listed = text(("a", "any = 1")).replace('ver = ["9"]', 'ver = { list = "old" }')
    found, problems = Catalogue.parse("t", "[lists]\nold = ['1', '2']\n" + listed.removeprefix("format = 1\n"))
    assert (Catalogue(found).identities, problems) == (7, [])
    _, problems = Catalogue.parse("t", listed)
    assert [p.reason for p in problems] == ["`{'list': 'old'}` names no list of this file"]
    _, problems = Catalogue.parse("t", "[lists]\nold = 1\n")
    assert [p.line for p in problems] == [1]


def test_a_file_of_another_format_is_told():
    assert Catalogue.parse("t", "") == ([], [])
    _, problems = Catalogue.parse("t", "format = 2\n")
    assert [str(p) for p in problems] == ["t:1: format 2 is not known here, only 1 is"]
