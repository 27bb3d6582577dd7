"""nmap's file: what is read of it, and that a slip in one line leaves the others."""

import pytest

from rawspoof.core.signature.foreign.probes import parse
from tests.signature.foreign.samples import BROKEN, PROBES


def test_probes_and_lines():
    probes, problems = parse("p", PROBES)
    assert problems == []
    assert [(p.name, p.payload, len(p.lines)) for p in probes] == [
        ("NULL", b"", 5),
        ("GenericLines", b"\r\n\r\n", 1),
        ("GetRequest", b"GET / HTTP/1.0\r\n\r\n", 3),
        ("Rare", b"\x01\x02rare\0", 1),
        ("Nowhere", b"?", 1),
        ("Snmp", b"x", 1),
    ]
    assert [p.name for p in probes if p.udp] == ["Snmp"]


def test_a_probe_s_facts():
    probes = {p.name: p for p in parse("p", PROBES)[0]}
    assert list(probes["GenericLines"].ports) == [21, 7000, 7001, 7002]
    assert probes["Rare"].fallback == ["GetRequest"]
    assert [p.name for p in probes.values() if not p.everywhere] == ["Rare", "Nowhere"]


def test_a_line_s_parts():
    ssh, ftp, _, soft, _ = parse("p", PROBES)[0][0].lines
    assert (ssh.number, ssh.protocol, ssh.soft, ssh.flags) == (6, "ssh", False, "")
    assert ssh.pattern == rb"^SSH-([\d.]+)-Foossh_([\w._-]+)\r\n"
    assert ssh.templates == {"p": "Foo ssh", "v": "$2", "i": "protocol $1", "o": "Linux", "cpe:a": "a:foo:ssh:$2"}
    assert (ftp.flags, soft.soft) == ("i", True)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (1, "before the first `Probe`"),
        (5, "`q/odd/` is no template"),
        (6, "`nonsense` is no directive"),
        (7, "`rarity` wants a number, got 'many'"),
        (8, "`5-1` has to climb"),
    ],
)
def test_slips_are_told_with_their_line(line, why):
    problems = {problem.line: problem for problem in parse("file", BROKEN)[1]}
    assert problems.keys() == {1, 5, 6, 7, 8}
    assert str(problems[line]).startswith(f"file:{line}: ")
    assert why in problems[line].reason


def test_windows_line_ends():
    assert parse("p", PROBES.replace("\n", "\r\n")) == parse("p", PROBES)
