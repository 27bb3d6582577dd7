"""No tool is taken for another, and no client for a tool: 200 of each, every one a little different."""

from collections import Counter
from random import Random

import pytest

from rawspoof.core.watch.judge import Judge
from rawspoof.core.watch.watch import Watch
from rawspoof.edges.system.scanners import load_rules
from tests.peers import SRC
from tests.watch.clients import CLIENTS, STACKS
from tests.watch.street import SCANNERS, Passing

EACH = 200
JUDGE = Judge(load_rules(), lambda address: False)


def judged(passing: Passing):
    """What is found of who sent these packets."""
    watch, at = Watch(lambda *_: None), 0.0
    for at, seg in sorted(passing, key=lambda pair: pair[0]):
        watch.saw(seg, at)
    source = watch.source(SRC)
    return None if source is None else JUDGE(source, at)


def verdicts(passing):
    """All of one kind, seeded; those who lost all their packets are nobody."""
    found = (judged(passing(Random(seed))) for seed in range(EACH))
    return [each for each in found if each is not None]


@pytest.mark.parametrize("name", SCANNERS)
def test_a_scanner_is_itself_or_nobody(name):
    tool, passing = SCANNERS[name]
    told = Counter(found.tool for found in verdicts(passing))
    assert set(told) <= {tool, ""}
    # One or two packets are not always enough.
    assert told[tool] >= 0.5 * told.total()


@pytest.mark.parametrize("name", CLIENTS)
def test_a_client_is_no_scanner(name):
    found = verdicts(CLIENTS[name])
    assert {each.tool for each in found} == {""}
    if name in STACKS:
        assert {each.system for each in found} == {STACKS[name].system}
