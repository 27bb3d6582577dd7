"""portspoof's line, byte for byte."""

import pytest

from rawspoof.edges.sinks.forms.portspoof import line
from tests.edges.sinks.samples import EXAMPLES, OPENED


def test_the_line():
    assert line(OPENED) == (b"1748788327 # Service_probe # SIGNATURE_SEND # source_ip:198.51.100.42 # dst_port:443")


@pytest.mark.parametrize("event", [event for event in EXAMPLES if event is not OPENED])
def test_only_a_completed_connection_has_one(event):
    assert line(event) is None
