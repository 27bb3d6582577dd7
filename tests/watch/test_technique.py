"""What a source does, told by what was counted."""

import pytest

from rawspoof.core.watch.source import Source
from rawspoof.core.watch.technique import techniques
from tests.watch.test_facts import ONE

SYN, RST, ACK = 2, 4, 16


def source(kinds, *, seconds=10.0, **counted):
    made = Source(b"\1\2\3\4", 1000.0)
    made.last_at = 1000.0 + seconds
    for kind, count in kinds.items():
        made.change(kind)
        made.run += count
        made.packets += count
    for name, value in counted.items():
        setattr(made, name, value)
    return made


@pytest.mark.parametrize(
    ("seen", "told"),
    [
        (source({SYN: 100, RST: 100}, new_ports=100), ("syn",)),
        (source({SYN: 100}, new_ports=100), ("syn",)),
        # A few handshakes among many resets: both.
        (source({SYN: 30, RST: 20}, new_ports=20, opened=10), ("connect", "syn")),
        (source({SYN: 12, RST | ACK: 20}, new_ports=10, opened=10), ("connect",)),
        (source({SYN: 100, RST: 100}, new_ports=100, opened=100), ("connect",)),
        (source({SYN: 1000, RST: 1000}, new_ports=1000, opened=20), ("connect", "syn")),
        (source({SYN: 50}, new_ports=50, opened=50, closed=50, bytes_out=99), ("connect", "banner")),
        (source({0x12: 6}, new_ports=1), ("backscatter",)),
        (source({RST: 3, RST | ACK: 3}, new_ports=1), ("backscatter",)),
        (source({SYN: 60_000}, new_ports=2, seconds=1.0), ("flood",)),
        (source({SYN: 3}, new_ports=3, twins=2), ("syn", "decoy")),
        (source({SYN: 1}, new_ports=1, visits=2, doors=frozenset((1, 2, 3))), ("syn", "slow")),
        # One port again and again is a client that does not give up.
        (source({SYN: 1}, new_ports=1, visits=9, doors=frozenset((1,))), ("syn",)),
        (source({SYN: 1}, new_ports=1, opened=1, credentials=1), ("connect", "credential")),
        (source({SYN: 1}, new_ports=1, opened=1, credentials=5), ("connect", "brute-force")),
        (source({SYN: 3}, new_ports=3, badsums=3), ("syn", "badsum")),
        (source({SYN: 1}, new_ports=1, opened=1, hints={"nikto": 0.9, "!exploit": 0.9}), ("connect", "exploit")),
    ],
)
def test_techniques(seen, told):
    assert techniques(seen, ()) == told


def test_silent_scans_are_told_by_their_flags():
    kinds = (0, 1, 0x29, 0x11, ACK, 3)
    seen = source(dict.fromkeys(kinds, 5), new_ports=30)
    asked = [ONE._replace(flags=kind, options=b"") for kind in kinds]
    assert techniques(seen, asked) == ("null", "fin", "xmas", "maimon", "ack", "odd")
    # Of which no packet was kept, because OS detection came first.
    assert techniques(source({0: 33}, new_ports=33), ()) == ("null",)


def test_who_wants_a_zombie_asks_with_syn_acks_of_its_own():
    asked = [ONE._replace(flags=SYN | ACK)] * 6
    assert techniques(source({SYN | ACK: 6}, new_ports=1), asked) == ("idle",)
    # A server answers what was asked in our name.
    served = [seg._replace(wnd=65160) for seg in asked]
    assert techniques(source({SYN | ACK: 6}, new_ports=6), served) == ("backscatter",)


def test_a_sweep_has_many_targets():
    wide = source({SYN: 4}, new_ports=4)
    for number in range(4):
        wide.turn(bytes((10, 0, 0, number))).add(22)
    assert techniques(wide, ()) == ("syn", "sweep")


def test_os_detection_is_told_by_its_probes():
    probes = [ONE._replace(wnd=window) for window in (1, 63, 4)]
    assert "os" in techniques(source({SYN: 3}, new_ports=1), probes)
    assert "os" not in techniques(source({SYN: 3}, new_ports=1), [ONE._replace(wnd=512)] * 3)
    # They are no scans of their own.
    probes += [ONE._replace(flags=0, wnd=128), ONE._replace(flags=0x29, wnd=65535), ONE._replace(flags=ACK, wnd=1024)]
    assert techniques(source({SYN: 3, 0: 1, 0x29: 1, ACK: 1}, new_ports=1), probes) == ("syn", "os")


@pytest.mark.parametrize(
    ("moments", "ports", "slow"),
    [
        ((0, 15, 30, 45), (1, 2, 3, 4), True),
        ((0, 15, 30), (1, 2, 3), True),
        ((0, 15), (1, 2), False),
        # Fast, then a pause.
        ((0, 0.1, 0.2, 60), (1, 2, 3, 4), False),
        # A SYN that is sent again, and again.
        ((0, 15, 45, 105), (1, 1, 1, 1), False),
        ((0, 1, 15, 16, 30, 31), (1, 1, 2, 2, 3, 3), True),
    ],
)
def test_slow_is_told_by_the_time_between_ports(moments, ports, slow):
    asked = [ONE._replace(at=1000.0 + at, dport=port) for at, port in zip(moments, ports, strict=True)]
    seen = source({SYN: len(asked)}, new_ports=len(set(ports)), seconds=moments[-1])
    assert ("slow" in techniques(seen, asked)) is slow


def test_a_slow_beginning_makes_no_slow_scan():
    asked = [ONE._replace(at=1000.0 + at, dport=at) for at in (0, 15, 30, 45)]
    assert "slow" not in techniques(source({SYN: 1000}, new_ports=1000, seconds=90.0), asked)
