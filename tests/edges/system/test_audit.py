"""The audit: what is wrong in each kind of file is told with file, line and reason, and what is right is counted."""

import pytest

from rawspoof.config.load import ConfigError
from rawspoof.edges.system.audit import Audit, home, identities, nmap_file, scanner
from rawspoof.edges.system.signatures import load_catalogue
from tests.signature.foreign.samples import CONF, PROBES, SIGNATURES

GOOD = r"""
[[service]]
id = "foo"
expect = { service = "ssh", product = "Foo ssh", version = "{ver}" }
greet = 'SSH-2.0-Foossh_{ver}\r\n'
ports = { 22 = 5, any = 1 }
  [[service.set]]
  ver = ["1.{0-9}", "2.0"]
"""
RARE = r"""
[[service]]
id = "rare"
expect = { service = "rare", product = "Rare" }
frame = { plus = 7 }
answers = [{ when = '\x01\x02', say = '\x01!\0OK' }]
ports = { 9998 = 1, 9999 = 2 }
  [[service.set]]
"""


@pytest.fixture
def looked(tmp_path):
    """Writes a file and looks at it, and gives the audit."""
    (tmp_path / "nmap").write_text(PROBES)

    def look(content, name="a.toml", nmap=True):
        (tmp_path / name).write_text(content)
        audit = Audit(scanner(tmp_path / "nmap") if nmap else None)
        audit.look(tmp_path / name)
        return audit

    return look


def test_what_is_right_is_counted(looked):
    audit = looked(GOOD + RARE)
    assert (audit.problems, audit.services, audit.identities) == ([], 2, 12)


@pytest.mark.parametrize(
    ("content", "line", "why"),
    [
        (
            GOOD.replace("Foo ssh", "Bar ssh"),
            3,
            "foo: nmap prints `ssh Foo ssh 1.0`, not `ssh Bar ssh 1.0` (and 10 more",
        ),
        (GOOD.replace("Foossh_{ver}", "Barssh"), 3, "foo: nmap prints `nothing`, not `ssh Foo ssh 1.0`"),
        (GOOD.replace(r"SSH-2.0-Foossh_{ver}\r\n", ""), 3, "foo: says nothing"),
        (RARE.replace("9999", "9997"), 3, "rare: nmap prints `nothing`"),
        (GOOD + RARE.replace('"rare"', '"foo"', 1).replace("plus", "minus"), 10, "unknown field `minus`"),
        (GOOD.replace("{ver}", "{no}", 1), 2, "no field `no`"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(looked, tmp_path, content, line, why):
    (problem,) = looked(content).problems
    assert problem.startswith(f"{tmp_path}/a.toml:{line}: ")
    assert why in problem


def test_what_nmap_asks_by_script_is_not_held_against_a_service(looked):
    assert looked(RARE.replace("9999", "1723")).problems == []


def test_without_nmap_s_file_only_what_is_said_is_looked_at(looked):
    assert looked(GOOD.replace("Foo ssh", "Bar ssh"), nmap=False).problems == []
    assert "says nothing" in looked(GOOD.replace(r"SSH-2.0-Foossh_{ver}\r\n", ""), nmap=False).problems[0]


def test_a_folder_is_looked_at_as_a_whole(looked, tmp_path):
    looked(GOOD, "one.toml")
    looked(GOOD, "two.toml")
    audit = Audit(None)
    audit.look(tmp_path)
    assert audit.problems == [f"{tmp_path}/two.toml:3: foo: has its id from {tmp_path}/one.toml; give it another"]


@pytest.mark.parametrize(
    ("content", "lines", "identities"),
    [(PROBES, ["8", "10", "23", "33"], 7), (SIGNATURES.decode(), ["7"], 6), (CONF, ["5", "6", "7", "7"], 5)],
)
def test_files_of_other_tools_tell_every_line_left_out(looked, tmp_path, content, lines, identities):
    audit = looked(content, "their")
    assert [problem.split(":")[1] for problem in audit.problems] == lines
    assert audit.identities == identities


def test_a_file_that_is_no_text_is_told(looked, tmp_path):
    (tmp_path / "b.toml").write_bytes(b"\xff")
    audit = Audit(None)
    audit.look(tmp_path / "b.toml")
    assert audit.problems[0].startswith(f"{tmp_path}/b.toml: 'utf-8' codec")


def test_nmap_s_file_is_where_nmap_says(tmp_path, monkeypatch):
    monkeypatch.setenv("NMAPDIR", str(tmp_path))
    assert nmap_file() is None
    (tmp_path / "nmap-service-probes").write_text(PROBES)
    assert nmap_file() == tmp_path / "nmap-service-probes"


def test_another_file_is_no_data_file_of_nmap(tmp_path):
    (tmp_path / "x").write_text(CONF)
    with pytest.raises(ConfigError, match=r"expected nmap-service-probes, got a portspoof\.conf"):
        scanner(tmp_path / "x")


def test_every_identity_is_at_home_where_it_weighs_most(looked, tmp_path):
    looked(GOOD + RARE)
    services = load_catalogue([str(tmp_path / "a.toml")])[0].services
    assert (home(services["foo"]), home(services["rare"])) == (40001, 9999)
    assert [identity.version for identity in identities(services["foo"])] == [*(f"1.{n}" for n in range(10)), "2.0"]
