"""Looks of the three personalities, against what their systems were seen to send (nmap-os-db's letters)."""

import pytest

from rawspoof.core.personality.looks import Offer, looks
from rawspoof.edges.system import personalities
from tests.peers import PERSONALITIES

SEEN = {
    ("linux", (4, True, True, True)): ("MSTNW", 65160, 1460),
    ("linux", (4, False, True, True)): ("MNNTNW", 65160, 1460),
    ("linux", (4, True, True, False)): ("MST", 65160, 1460),
    ("linux", (4, True, False, True)): ("MNNSNW", 64240, 1460),
    ("linux", (4, False, False, False)): ("M", 64240, 1460),
    ("linux", (6, True, True, True)): ("MSTNW", 64260, 1440),
    ("linux", (6, False, False, False)): ("M", 64800, 1440),
    ("windows", (4, True, True, True)): ("MNWNNS", 65535, 1460),
    ("windows", (4, False, False, True)): ("MNW", 65535, 1460),
    ("windows", (4, True, True, False)): ("MNNS", 65392, 1460),
    ("windows", (4, False, True, False)): ("M", 65392, 1460),
    ("freebsd", (4, True, True, True)): ("MNWST", 65535, 1460),
    ("freebsd", (4, False, True, True)): ("MNWNNT", 65535, 1460),
    ("freebsd", (4, True, True, False)): ("MST", 65535, 1460),
    ("freebsd", (4, True, False, True)): ("MNWSLL", 65535, 1460),
}


@pytest.mark.parametrize(("name", "offer"), SEEN, ids=str)
def test_a_look_is_what_was_seen(name: str, offer: Offer) -> None:
    look = looks(personalities.load(name))[offer]
    assert (look.layout, look.window, look.mss) == SEEN[name, offer]


@pytest.mark.parametrize("name", PERSONALITIES)
def test_there_is_a_look_for_every_offer_and_none_answers_what_was_not_offered(name: str) -> None:
    every = looks(personalities.load(name))
    assert len(every) == 16
    for (version, sack, timestamps, wscale), look in every.items():
        assert look.version == version
        assert ("S" in look.layout, "W" in look.layout) == (sack, wscale)
        assert timestamps or "T" not in look.layout
