"""Scans by everything but a plain SYN: an open port of ours says what an open port of that system says.

For Linux the oracle is this kernel's own listener in the same scan; for the others it is what was read from their
fingerprints (signatures/personalities).
"""

from collections.abc import Iterator

import pytest

from rawspoof.edges.lab.namespaces import Lab
from tests.netns.scanners import hping3, nmap
from tests.netns.sensors import running
from tests.netns.taps import TARGET, TARGET6, attempt, serving

pytestmark = pytest.mark.netns

REAL, SPOOFED = 8099, 4444

MODES = [
    "-sS", "-sT", "-sF", "-sN", "-sX", "-sM", "-sA", "-sW", "-sS --badsum", "-sS -f", "-sS --mtu 16",
    "-sS --data-length 100", "--scanflags SYNPSH", "--scanflags SYNFIN",
]  # fmt: skip
MODES6 = ["-sS", "-sT", "-sX", "-sM", "-sA", "-sW", "--scanflags SYNFIN"]
"""nmap neither fragments IPv6 nor finds a host by it with wrong checksums."""

OPEN, FILTERED, OPEN_FILTERED = ("open", "syn-ack"), ("filtered", "no-response"), ("open|filtered", "no-response")
CLOSED, UNFILTERED = ("closed", "reset"), ("unfiltered", "reset")

OTHERS = {
    ("windows", 128): {
        "-sS": OPEN, "-sS -f": OPEN, "-sS --badsum": FILTERED, "-sF": CLOSED, "-sN": CLOSED, "-sX": CLOSED,
        "-sM": CLOSED, "-sA": UNFILTERED, "-sW": CLOSED, "--scanflags SYNFIN": CLOSED,
    },
    ("freebsd", 64): {
        "-sS": OPEN, "-sS -f": OPEN, "-sS --badsum": FILTERED, "-sF": OPEN_FILTERED, "-sN": OPEN_FILTERED,
        "-sX": OPEN_FILTERED, "-sM": CLOSED, "-sA": UNFILTERED, "-sW": CLOSED, "--scanflags SYNFIN": OPEN,
    },
}  # fmt: skip
"""Personality and its TTL: what nmap says of an open port, mode by mode."""


@pytest.fixture(scope="module")
def linux() -> Iterator[Lab]:
    with Lab() as lab, running(lab), serving(lab, "sensor", REAL):
        for target in (TARGET, TARGET6):
            assert attempt(lab, target, REAL) == "open"
        yield lab


@pytest.mark.parametrize(("target", "mode"), [(TARGET, mode) for mode in MODES] + [(TARGET6, mode) for mode in MODES6])
def test_nmap_sees_a_spoofed_port_as_a_real_one(linux, target, mode):
    seen = nmap(linux, *mode.split(), "-T5", "-p", f"{REAL},{SPOOFED}", target=target)
    assert seen[SPOOFED][:3] == seen[REAL][:3]


@pytest.mark.parametrize(
    "args",
    ["-S", "-S --data 100", "-S -F", "-S -R", "-A", "-F -A", "-P -U", "-R", "-S -X -Y", "", "-S -w 0", "-S -O 6"],
)
def test_hping3_is_answered_by_a_spoofed_port_as_by_a_real_one(linux, args):
    real, spoofed = hping3(linux, (REAL, SPOOFED), *args.split())
    assert spoofed == real


@pytest.mark.parametrize(("name", "ttl"), OTHERS)
def test_nmap_sees_what_another_systems_open_port_shows(name, ttl):
    expected = {mode: (*seen, ttl if seen[1] != "no-response" else 0) for mode, seen in OTHERS[name, ttl].items()}
    with Lab() as lab, running(lab, "--personality", name):
        seen = {mode: nmap(lab, *mode.split(), "-T5", "-p", str(SPOOFED))[SPOOFED][:3] for mode in expected}
    assert seen == expected
