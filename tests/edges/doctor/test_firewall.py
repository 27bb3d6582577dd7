"""What is made of our table, of conntrack and of who runs; queues are in tests/netns/test_doctor.py."""

import os

import pytest

from rawspoof.config.model import Config, Sensor
from rawspoof.edges.doctor.finding import Level
from rawspoof.edges.doctor.firewall import Running, conntrack, table
from rawspoof.edges.system import proc


@pytest.mark.parametrize(
    ("now", "firewall", "level", "said"),
    [
        (Running(True, os.getpid()), True, Level.GOOD, f"pid {os.getpid()}"),
        (Running(False, None), True, Level.GOOD, "no sensor is running now"),
        (Running(True, None), True, Level.TROUBLE, "loaded by hand"),
        (Running(True, None), False, Level.GOOD, "no sensor is running now"),
    ],
    # Names that are the same in every process.
    ids=["ours", "none", "by hand", "by hand, as wished"],
)
def test_whose_the_table_is(now, firewall, level, said):
    (finding,) = table(Config(sensor=Sensor(firewall=firewall)), now)
    assert finding.level is level
    assert said in finding.what


@pytest.mark.parametrize(("count", "level"), [(700, Level.GOOD), (900, Level.ADVICE), (None, None)])
def test_conntrack_is_told_of_where_it_is(monkeypatch, count, level):
    numbers = {"sys/net/netfilter/nf_conntrack_count": count, "sys/net/netfilter/nf_conntrack_max": 1000}
    monkeypatch.setattr(proc, "number", numbers.get)
    assert [finding.level for finding in conntrack()] == [level] * (level is not None)
