"""Who is to be blocked: proven sources only, for what they did on connections, told again while it goes unheeded."""

import pytest

from rawspoof.core.event import ScanDetected, ScanEnded, ScanUpdate, ServiceCredential, SessionOpened, TripwireTouched
from rawspoof.core.watch import policy
from rawspoof.core.watch.policy import ASK_S, Deed, Policy, Settings
from tests.edges.sinks.samples import EXAMPLES, SCAN

SRC, OTHER, DST = bytes([198, 51, 100, 42]), bytes([198, 51, 100, 43]), bytes([192, 0, 2, 1])
T0 = 1748788327.0


def opened(port, at=T0, src=SRC):
    return SessionOpened(at, src, 54312, DST, port, "telnetd", b"")


def credential(at=T0):
    return ServiceCredential(at, SRC, 54312, DST, 22, "openssh", "password", b"root", b"root")


def scan(kind=ScanUpdate, **said):
    usual = {"verified": True, "opened": 900, "port_count": 1001, "level": 3, "risk": 800}
    return kind(**SCAN | usual | said)


def reasons(settings, *events):
    judge = Policy(settings)
    found = [one for event in events for one in judge.judge(event)]
    return [one.reason if isinstance(one, Deed) else "alert" for one in found]


ALL = Settings(tripwires=frozenset({23}), ports_min=1, connections_min=1, credential=True, level_min=1, risk_min=1)


@pytest.mark.parametrize("event", [e for e in EXAMPLES if not isinstance(e, SessionOpened | ServiceCredential)])
def test_nothing_without_a_proof_condemns(event):
    assert reasons(ALL, event) == []


@pytest.mark.parametrize("event", EXAMPLES)
def test_nobody_is_condemned_by_nought(event):
    assert reasons(Settings(), event) == []


def test_so_many_different_ports_are_a_deed():
    again = [opened(22, T0 + n) for n in range(9)]
    assert reasons(Settings(ports_min=3), *again, opened(80, T0 + 10)) == []
    assert reasons(Settings(ports_min=3), *again, opened(80, T0 + 10), opened(443, T0 + 11)) == ["ports"]


def test_so_many_connections_are_a_deed():
    assert reasons(Settings(connections_min=3), *[opened(22)] * 2) == []
    assert reasons(Settings(connections_min=3), *[opened(22)] * 3) == ["connections"]


def test_each_source_counts_for_itself_and_anew_after_a_quiet_time():
    settings = Settings(ports_min=2, idle_s=300.0)
    assert reasons(settings, opened(22), opened(80, src=OTHER)) == []
    assert reasons(settings, opened(22), opened(80, T0 + 301)) == []
    assert reasons(settings, opened(22), opened(80, T0 + 299)) == ["ports"]


def test_a_credential_is_one_where_that_is_asked_for():
    assert reasons(Settings(credential=True), credential()) == ["credential"]
    assert reasons(Settings(ports_min=1), credential()) == []


def test_a_tripwire_is_an_alert_once_a_visit_and_port_and_always_a_deed():
    settings = Settings(tripwires=frozenset({23, 2323}), idle_s=300.0)
    events = opened(23), opened(23, T0 + 1), opened(2323, T0 + 2), opened(22, T0 + 3), opened(23, T0 + 400)
    assert reasons(settings, *events) == ["alert", "tripwire", "tripwire", "alert", "tripwire", "alert", "tripwire"]
    assert reasons(settings._replace(blocks=False), *events) == ["alert", "alert", "alert"]
    (alert, deed) = Policy(settings).judge(opened(23))
    assert alert == TripwireTouched(T0, SRC, 54312, DST, 23, "telnetd")
    assert deed == Deed(T0, SRC, 54312, DST, 23, "tripwire")


@pytest.mark.parametrize(
    ("settings", "said", "found"),
    [
        (Settings(level_min=3), {}, ["level"]),
        (Settings(level_min=3), {"level": 2}, []),
        (Settings(risk_min=800), {}, ["risk"]),
        (Settings(risk_min=801), {}, []),
        (Settings(level_min=3), {"verified": False}, []),
        # One handshake, and thousands of SYNs that anybody could have sent in its name.
        (Settings(level_min=3), {"opened": 1}, []),
        (Settings(level_min=3), {"opened": 1, "techniques": ("syn", "exploit")}, ["level"]),
    ],
)
def test_a_level_counts_as_far_as_it_is_the_sources_own_doing(settings, said, found):
    assert reasons(settings, scan(**said)) == reasons(settings, scan(ScanDetected, **said)) == found
    assert reasons(settings, scan(ScanEnded, **said)) == []


def test_a_scans_deed_is_as_old_as_its_last_packet():
    (deed,) = Policy(Settings(level_min=3)).judge(scan(at=T0, last_at=T0 - 20.0))
    assert deed.at == T0 - 20.0


def test_what_goes_on_is_told_again_but_not_all_the_time():
    soon, later = opened(22, T0 + ASK_S / 2), opened(22, T0 + ASK_S)
    assert reasons(Settings(connections_min=1), opened(22), soon, later) == ["connections", "connections"]


def test_the_sources_counted_are_limited(monkeypatch):
    monkeypatch.setattr(policy, "VISITS_MAX", 2)
    judge = Policy(Settings(connections_min=2))
    for last in (1, 2, 1, 3, 1):
        found = list(judge.judge(opened(22, src=bytes([198, 51, 100, last]))))
    assert judge.forgotten == 1
    assert [deed.reason for deed in found] == []
    assert [deed.reason for deed in judge.judge(opened(22, T0 + 2, src=bytes([198, 51, 100, 1])))] == ["connections"]
    assert list(judge.judge(opened(22, src=bytes([198, 51, 100, 2])))) == []
