"""What an interface says of itself, in the namespace it is in."""

import pytest

from rawspoof.edges.lab.namespaces import INTERFACE
from rawspoof.edges.system.nic import merges
from tests.netns.taps import call

pytestmark = pytest.mark.netns


def test_an_interface_that_does_not_join_segments_or_does_not_say(lab):
    # No driver that can be had here does; what the call reads is compared with ethtool's own reading.
    with lab.inside("sensor"):
        assert not merges(INTERFACE)
        assert not merges("eth9")
    assert "large-receive-offload: off" in call(lab, "sensor", "ethtool", "-k", INTERFACE)
