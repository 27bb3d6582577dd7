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
        (source({SYN: 100, RST: 100}, new_ports=100, opened=100), ("connect",)),
        (source({SYN: 1000, RST: 1000}, new_ports=1000, opened=20), ("connect", "syn")),
        (source({SYN: 50}, new_ports=50, opened=50, closed=50, bytes_out=99), ("connect", "banner")),
        (source({0: 5, 1: 5, 0x29: 5, 0x11: 5, ACK: 5}, new_ports=25), ("null", "fin", "xmas", "maimon", "ack")),
        (source({0x12: 6}, new_ports=1), ("idle",)),
        (source({SYN: 60_000}, new_ports=2, seconds=1.0), ("flood",)),
        (source({SYN: 4}, new_ports=4, seconds=400.0), ("syn", "slow")),
        (source({SYN: 1}, new_ports=1, visits=3), ("syn", "slow")),
        (source({SYN: 1}, new_ports=1, opened=1, credentials=5), ("connect", "brute-force")),
        (source({SYN: 3}, new_ports=3, badsums=3), ("syn", "badsum")),
        (source({SYN: 1}, new_ports=1, opened=1, hints={"nikto": 0.9, "!exploit": 0.9}), ("connect", "exploit")),
    ],
)
def test_techniques(seen, told):
    assert techniques(seen, ()) == told


def test_a_sweep_has_many_targets():
    wide = source({SYN: 4}, new_ports=4)
    for number in range(4):
        wide.turn(bytes((10, 0, 0, number))).add(22)
    assert techniques(wide, ()) == ("syn", "sweep")


def test_os_detection_is_told_by_its_probes():
    probes = [ONE._replace(wnd=window) for window in (1, 63, 4)]
    assert "os" in techniques(source({SYN: 3}, new_ports=1), probes)
    assert "os" not in techniques(source({SYN: 3}, new_ports=1), [ONE._replace(wnd=512)] * 3)
