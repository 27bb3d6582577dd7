"""nmap names what its own match lines were made into: a sample of them, behind plain sockets.

The file is this machine's, which nmap brings along; nothing of it is kept here.
"""

from pathlib import Path
from typing import Final

import pytest

from rawspoof.core.signature.identity import Identity
from rawspoof.core.world import host
from rawspoof.edges.system import imports
from rawspoof.edges.system.audit import nmap_file
from rawspoof.edges.system.imports import Wishes
from tests.netns.test_version_scan import FIRST_PORT, Town, scan

pytestmark = [pytest.mark.netns, pytest.mark.long, pytest.mark.timeout(400)]

SAMPLE: Final = 100
WAIT_MS: Final = 700
"""nmap waits so long for an answer, in place of 5 s and more: these services hesitate not."""
NAMED_MIN: Final = 0.97
NOT_PROBED: Final = range(9100, 9108)
"""nmap leaves these ports alone: some printers print whatever they are sent."""


def plan(path: Path) -> dict[int, Identity]:
    """Identities from all over the file, those of rare probes at a port that these are sent to."""
    made, _ = imports.load(path, *imports.read(path), Wishes(b"a secret"))
    every = [
        (service, lot, number)
        for service in imports.services_of(imports.Kind.NMAP, made)
        for lot in service.varieties
        for number in range(lot.size)
    ]
    planned: dict[int, Identity] = {}
    for service, lot, number in every[:: len(every) // SAMPLE]:
        ports = range(FIRST_PORT, 65536) if service.elsewhere else service.ports
        port = next((port for port in ports if port not in planned and port not in NOT_PROBED), None)
        if port is not None:
            facts = host.facts(bytes(range(32)), bytes(4), port, b"seed")
            planned[port] = service.identity(lot, number, facts)
    return planned


def impatient(path: Path) -> str:
    """The data file, with shorter waits."""
    lines = [line for line in path.read_text("latin-1").split("\n") if not line.startswith("totalwaitms ")]
    return "\n".join(f"{line}\ntotalwaitms {WAIT_MS}" if line.startswith("Probe ") else line for line in lines)


def test_nmap_names_what_was_made_of_its_own_lines(lab, tmp_path):
    path = nmap_file()
    assert path, "this test wants nmap: apt-get install nmap"
    planned = plan(path)
    (tmp_path / "probes").write_text(impatient(path), "latin-1")
    with Town(lab, planned):
        found = scan(lab, list(planned), "--versiondb", str(tmp_path / "probes"))
    expected = {port: (who.protocol, who.product, who.version) for port, who in planned.items()}
    missed = {port: (found[port], expected[port]) for port in planned if found[port] != expected[port]}
    assert len(planned) >= 0.9 * SAMPLE
    assert len(missed) <= (1 - NAMED_MIN) * len(planned), missed
