"""Which address is which kind of host, and which ports it opens."""

from collections import Counter
from hashlib import blake2s

import pytest

from rawspoof.core.world import estate
from rawspoof.core.world.estate import Estate
from rawspoof.core.world.kind import Door, Kind, PortRule

WEB = Kind("web", "linux", tuple(PortRule(port) for port in (22, 80, 443, 8080, 8443)), weight=30)
MAIL = Kind(
    "mail",
    "freebsd",
    (*(PortRule(port) for port in (25, 110, 143, 587)), PortRule(22, ("openssh",), share=0.5)),
    closed="filtered",
)


def throw(purpose: bytes, group: bytes, dst: bytes, number: int) -> bytes:
    return blake2s(group + dst + number.to_bytes(4), person=purpose).digest()


def hosts(count: int) -> list[estate.Host]:
    dealt = Estate([WEB, MAIL], throw)
    return [dealt.host(b"", number.to_bytes(4)) for number in range(count)]


def test_kinds_are_dealt_by_weight():
    share = Counter(host.kind.id for host in hosts(4000))["web"] / 4000
    assert share == pytest.approx(0.75, abs=0.03)


def test_a_port_of_half_the_hosts_is_open_on_half_of_them():
    mail = [host for host in hosts(4000) if host.kind is MAIL]
    assert sum(22 in host.opens for host in mail) / len(mail) == pytest.approx(0.5, abs=0.06)
    assert all(25 in host.opens for host in mail)


def test_doors_are_open_closed_or_filtered_as_the_kind_says():
    web = next(host for host in hosts(50) if host.kind is WEB)
    mail = next(host for host in hosts(50) if host.kind is MAIL)
    assert (web.door(80), web.door(81)) == (Door.OPEN, Door.CLOSED)
    assert (mail.door(25), mail.door(80)) == (Door.OPEN, Door.FILTERED)


def test_a_host_is_the_same_after_it_was_forgotten(monkeypatch):
    monkeypatch.setattr(estate, "HOSTS_MAX", 3)
    dealt = Estate([WEB, MAIL], throw)
    first = dealt.host(b"", b"\0\0\0\1")
    for number in range(2, 9):
        dealt.host(b"", number.to_bytes(4))
    assert dealt.evicted == 5
    assert dealt.host(b"", b"\0\0\0\1") == first


def test_groups_of_sources_have_worlds_of_their_own():
    dealt = Estate([WEB, MAIL], throw)
    one = [dealt.host(b"\x0a", number.to_bytes(4)).kind.id for number in range(64)]
    other = [dealt.host(b"\x0b", number.to_bytes(4)).kind.id for number in range(64)]
    assert one != other


def test_at_another_turn_a_host_is_of_its_kind_and_opens_other_ports():
    dealt = Estate([WEB, MAIL], throw)
    turns = [[dealt.host(b"", number.to_bytes(4), turn) for number in range(200)] for turn in range(2)]
    assert [host.kind for host in turns[0]] == [host.kind for host in turns[1]]
    assert [host.opens for host in turns[0]] != [host.opens for host in turns[1]]
    assert turns[0] == [dealt.host(b"", number.to_bytes(4)) for number in range(200)]


def test_an_estate_without_kinds_is_refused():
    with pytest.raises(ValueError, match="no kind of host"):
        Estate([Kind("none", "linux", WEB.ports, weight=0)], throw)
