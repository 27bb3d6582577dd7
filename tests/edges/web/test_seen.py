"""Sources are kept as far as there is room, those that proved their address longest; tools are counted."""

import msgspec

from rawspoof.edges.web.seen import NAMES_MAX, Sources, top
from tests.edges.sinks import samples


def scan(number, **fields):
    return msgspec.structs.replace(samples.DETECTED, src=number.to_bytes(4), **fields)


def test_a_flood_of_unproven_sources_pushes_out_no_proven_one():
    sources = Sources(lambda address: "", most=10)
    sources.take(scan(1, verified=True))
    for number in range(2, 1000):
        sources.take(scan(number, tool=""))
    assert len(sources) == 10
    assert sources.get((1).to_bytes(4)) is not None
    assert sources.forgotten.count == 989
    assert top(sources.tools) == [{"name": "nmap", "count": 1}]


def test_a_source_that_proves_itself_stays_the_same():
    sources = Sources(lambda address: "DE")
    sources.take(scan(1))
    sources.take(scan(1, verified=True, tool="masscan", techniques=("syn",)))
    assert len(sources) == 1
    assert top(sources.tools) == [{"name": "masscan", "count": 1}]
    assert top(sources.techniques) == [{"name": "syn", "count": 1}]
    assert top(sources.countries) == [{"name": "DE", "count": 1}]


def test_names_that_an_ill_worker_invents_are_bounded():
    sources = Sources(lambda address: "")
    for number in range(NAMES_MAX * 2):
        sources.take(scan(number, tool=f"tool {number}"))
    assert len(sources.tools) <= NAMES_MAX + 1


def test_pages_are_in_order():
    sources = Sources(lambda address: "")
    for number in range(30):
        sources.take(scan(number, risk=number * 7 % 31))
    risks = [one.risk for one in sources.page("risk", 5, 10)[1]]
    assert risks == sorted((number * 7 % 31 for number in range(30)), reverse=True)[5:15]


def test_who_holds_a_connection():
    sources = Sources(lambda address: "")
    one = sources.take(scan(1))
    for by, held in ((1, 1), (1, 1), (-1, 1), (-1, 0), (-1, 0)):
        sources.change_open(one, by)
        assert sources.held == held


def test_a_scan_of_before_is_told_without_being_kept():
    sources = Sources(lambda address: "")
    assert sources.made(scan(1)).told(blocked=True)["blocked"] is True
    assert len(sources) == 0
