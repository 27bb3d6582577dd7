"""nmap names services as it should: each of ours, and what its own match lines were made into.

The files are this machine's, which nmap brings along; nothing of them is kept here. Each of the two takes a minute of
waiting, so they stand in one file: one after the other, beside everything else.
"""

import re
from itertools import count
from pathlib import Path
from typing import Final

import pytest

from rawspoof.core.signature.identity import Identity
from rawspoof.core.signature.service import Service
from rawspoof.core.world import host
from rawspoof.edges.system import imports
from rawspoof.edges.system.audit import nmap_file
from rawspoof.edges.system.imports import Wishes
from rawspoof.edges.system.signatures import load_catalogue
from tests.netns.towns import SCAN_S, Town, scan

pytestmark = [pytest.mark.netns, pytest.mark.long, pytest.mark.timeout(SCAN_S + 60)]

FIRST_PORT: Final = 40001
WAIT_MS: Final = 700
"""nmap waits so long for an answer, in place of 5 s and more: these services hesitate not."""
SAMPLE: Final = 100
NAMED_MIN: Final = 0.97
NOT_PROBED: Final = range(9100, 9108)
"""nmap leaves these ports alone: some printers print whatever they are sent."""
FACTS: Final = bytes(range(32)), bytes(4)


@pytest.fixture
def hasty(tmp_path: Path) -> Path:
    """nmap's own probes and patterns, told to wait no five seconds for each answer of servers a cable away."""
    known = re.sub(r"(?m)^totalwaitms .*\n", "", nmap_file().read_text("latin-1"))
    path = tmp_path / "nmap-service-probes"
    path.write_text(re.sub(r"(?m)^Probe .*\n", rf"\g<0>totalwaitms {WAIT_MS}\n", known), "latin-1")
    return path


def identity(service: Service, port: int) -> Identity:
    """One of the service's identities, from the middle of its first set."""
    variety = service.varieties[0]
    return service.identity(variety, variety.size // 2, host.facts(*FACTS, port, b"seed"))


def ours() -> dict[int, Identity]:
    """Each service at the likeliest of its ports that is free: there nmap asks first what it understands."""
    catalogue, _ = load_catalogue(())
    planned: dict[int, Identity] = {}
    spare = count(FIRST_PORT)
    for service in sorted(catalogue.services.values(), key=lambda s: s.elsewhere):
        likely = sorted(service.ports, key=service.ports.__getitem__, reverse=True)
        port = next((p for p in likely if p not in planned), next(spare) if service.elsewhere else None)
        if port is not None:
            planned[port] = identity(service, port)
    return planned


def imported(path: Path) -> dict[int, Identity]:
    """Identities from all over nmap's file, those of rare probes at a port that these are sent to."""
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
            planned[port] = service.identity(lot, number, host.facts(*FACTS, port, b"seed"))
    return planned


def test_nmap_names_every_service_as_expected(lab, hasty):
    planned = ours()
    with Town(lab, planned):
        found = scan(lab, list(planned), "--versiondb", str(hasty))
    expected = {port: (who.seen_as, who.product, who.version) for port, who in planned.items()}
    assert {port: (found[port], said) for port, said in expected.items() if found[port] != said} == {}


def test_nmap_names_what_was_made_of_its_own_lines(lab, hasty):
    planned = imported(nmap_file())
    with Town(lab, planned):
        found = scan(lab, list(planned), "--versiondb", str(hasty))
    expected = {port: (who.protocol, who.product, who.version) for port, who in planned.items()}
    missed = {port: (found[port], expected[port]) for port in planned if found[port] != expected[port]}
    assert len(planned) >= 0.9 * SAMPLE
    assert len(missed) <= (1 - NAMED_MIN) * len(planned), missed
