"""What scapy forges for a personality is what its file says, for every offer."""

import pytest
from scapy.layers.inet import IP, TCP
from scapy.layers.inet6 import IPv6

from rawspoof.core.personality.looks import looks
from rawspoof.core.wire.template import Look
from rawspoof.edges.system import personalities
from tests.peers import PERSONALITIES, templates

LETTERS = {"MSS": "M", "SAckOK": "S", "Timestamp": "T", "WScale": "W", "NOP": "N", "EOL": "L"}
CASES = [(name, offer, look) for name in PERSONALITIES for offer, look in looks(personalities.load(name)).items()]


@pytest.mark.parametrize(("name", "offer", "look"), CASES, ids=[f"{name}-{offer}" for name, offer, _ in CASES])
def test_a_forged_syn_ack_has_the_look(name: str, offer: tuple[int, bool, bool, bool], look: Look) -> None:
    raw = templates(name)[offer]
    ip = (IPv6 if offer[0] == 6 else IP)(raw)
    tcp = ip[TCP]
    assert str(tcp.flags) == "SA"
    assert tcp.window == look.window
    # scapy ends its list at the first end-of-list; a layout may fill up with more of them.
    assert "".join(LETTERS[option] for option, _ in tcp.options) == look.layout.replace("LL", "L")
    found = dict(tcp.options)
    assert found.get("MSS") == look.mss
    assert found.get("WScale", look.wscale) == look.wscale
    assert len(raw) == (60 if offer[0] == 6 else 40) + len(tcp.original[20 : tcp.dataofs * 4])
    assert (ip.hlim if offer[0] == 6 else ip.ttl) == look.ttl
    assert offer[0] == 6 or ("DF" in ip.flags) == look.df
    assert (look.layout.count("S"), look.layout.count("W")) <= (int(offer[1]), int(offer[3]))
