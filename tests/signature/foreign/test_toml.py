"""Foreign services as our own files: what is read back says the same to the same requests at the same ports."""

import pytest

from rawspoof.core.signature.catalogue import Catalogue
from rawspoof.core.signature.foreign import lines, nmap, probes, toml
from rawspoof.core.signature.foreign.portspoof import conf, signatures
from rawspoof.core.signature.foreign.press import Made, gather
from rawspoof.core.signature.imported import Entry, Request, services
from tests.signature.foreign.samples import CONF, PROBES, SIGNATURES

SECRET = b"s" * 32
FACTS = {"fqdn": b"a.lan", "host": b"a"}
HOMES = {"ssh": {22: 7}, "http": {80: 1}}
ODD = bytes(range(256)) + b"'{t0}{1-9}\\x41\\{"


def told(service, variety, number):
    """All that makes an identity, and where it may be dealt."""
    found = service.identity(variety, number, FACTS)
    said = found.greet or found.answers[0].say
    asked = [(answer.when.pattern, answer.close) for answer in found.answers]
    elsewhere = bool(service.elsewhere)
    return (found[1:5], said.render(0.0), asked, asked and found.frame, sorted(service.ports), elsewhere)


def everything(found):
    return sorted(told(s, v, n) for s in found for v in s.varieties for n in range(v.size))


def tcp():
    return [probe for probe in probes.parse("p", PROBES)[0] if not probe.udp]


PRESSED = {
    "nmap": gather(each for probe in tcp() for each in nmap.outcomes(probe, SECRET)),
    "portspoof": gather(lines.outcomes(signatures(SIGNATURES.decode("latin-1")), SECRET, False)),
    "conf": gather(lines.pin(conf("c", CONF)[0], SECRET, False)),
    "odd": gather(
        [
            Made(Entry(1, "P'\xe9{", "\\", (ODD, "host", b"")), "x", "any", Request(rb"(?i:a\x27)", True)),
            Made(Entry(2, "", "", ("fqdn", b"b")), "x", "linux", None),
            Made(Entry(3, "", "", ("fqdn", b"c")), "x", "linux", None),
        ]
    ),
}


@pytest.mark.parametrize("prefix", PRESSED)
def test_what_is_read_back_is_the_same(prefix):
    texts = toml.files(prefix, PRESSED[prefix], HOMES, "some file")
    back = [Catalogue.parse(name, text) for name, text in texts.items()]
    assert [problem for _, problems in back for problem in problems] == []
    assert everything(s for found, _ in back for s in found) == everything(services(prefix, PRESSED[prefix], HOMES))


def test_a_file_a_protocol_that_tells_where_it_is_from():
    texts = toml.files("nmap", PRESSED["nmap"], HOMES, "their\nfile")
    assert set(texts) == {f"nmap-{name}.toml" for name in ("ssh", "ftp", "foo", "http", "rare")}
    assert texts["nmap-ssh.toml"].startswith("# Made of their file by `rawspoof signatures import`.\nformat = 1\n")
    assert all(text.isascii() and text.isprintable() for text in "".join(texts.values()).split("\n"))
