"""Whole files, imported: the small ones of these tests, and those of nmap and portspoof where this machine has them."""

import re
from pathlib import Path
from typing import Final

import pytest

from rawspoof.core.conversation.visit import Visit
from rawspoof.core.conversation.which import conversation
from rawspoof.core.signature.foreign.probes import parse
from rawspoof.core.signature.foreign.scan import Finding, Scanner
from rawspoof.core.signature.imported import unpack
from rawspoof.core.world import host
from rawspoof.edges.system import imports
from rawspoof.edges.system.audit import NOON, home, nmap_file
from rawspoof.edges.system.imports import Kind, Wishes
from tests.signature.foreign.samples import PROBES, SIGNATURES

BESIDE: Final = Path(__file__).resolve().parents[4] / "shared" / "data" / "portspoof_signatures"
EVERY: Final = 5
"""Of a large file, so many-th identities are asked."""

THEIRS: Final = [str(path) for path in [nmap_file()] if path]
OLD: Final = [str(path) for path in [BESIDE] if path.exists()]
FACTS: Final = host.facts(bytes(range(32)), bytes(4), 40001, b"seed")


def made_of(name, sample, tmp_path):
    path = tmp_path / "sample" if name == "sample" else Path(name)
    if name == "sample":
        path.write_bytes(sample)
    kind, text = imports.read(path)
    return text, imports.load(path, kind, text, Wishes(b"a secret"))[0]


def asked(identity):
    def ask(request):
        talk = conversation(Visit(identity))
        return talk.opened(NOON).data + (talk.heard(request, NOON).data if request else b"")

    return ask


@pytest.mark.parametrize("name", ["sample", *THEIRS])
def test_nmap_names_what_is_made_of_its_lines(name, tmp_path):
    text, made = made_of(name, PROBES.encode(), tmp_path)
    probes, _ = parse(name, text)
    lines = [line for probe in probes if not probe.udp for line in probe.lines]
    scanner = Scanner(probes)
    services = imports.services_of(Kind.NMAP, made)
    every = [(s, lot, n) for s in services for lot in s.varieties for n in range(lot.size)]
    for service, lot, number in every[:: EVERY if len(every) > 1000 else 1]:
        identity = service.identity(lot, number, FACTS)
        printed = scanner.identify(asked(identity), home(service))
        expected = Finding(identity.protocol, identity.product, identity.version)
        # A line without a product only tells a service's name, and nmap goes on to look for more.
        assert printed == expected or not identity.product
    # Of a hundred lines some are for honeypots, for what is behind TLS, or never come to match.
    assert len(every) >= (0.97 * len(lines) if len(lines) > 1000 else 7)


@pytest.mark.parametrize("name", ["sample", *OLD])
def test_old_patterns_match_what_is_made_of_them(name, tmp_path):
    text, made = made_of(name, SIGNATURES, tmp_path)
    patterns = dict(imports.portspoof.signatures(text))
    entries = [unpack(packed) for bundle in made.bundles for each in bundle.entries.values() for packed in each]
    assert len(entries) >= (0.99 * len(patterns) if len(patterns) > 1000 else len(patterns) - 1)
    compared = 0
    for entry in entries:
        said = b"".join(part if isinstance(part, bytes) else FACTS[part] for part in entry.said)
        try:
            pattern = re.compile(b"(?:" + patterns[entry.line] + b")")
        except re.error:
            # PCRE's syntax has more in it than Python's.
            continue
        compared += 1
        assert pattern.match(said)
    assert compared >= 0.95 * len(entries)
