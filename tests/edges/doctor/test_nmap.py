"""nmap's words and its XML; nmap itself is in tests/netns/test_scan.py."""

import sys
from ipaddress import ip_address

import pytest

from rawspoof.edges.doctor import nmap

TARGET = ip_address("203.0.113.5")
XML = """<nmaprun><host><ports>
<port protocol="tcp" portid="22"><state state="open"/>
 <service name="ssh" product="OpenSSH" version="9.2p1" method="probed"/></port>
<port protocol="tcp" portid="443"><state state="open"/><service name="http" tunnel="ssl" method="probed"/></port>
<port protocol="tcp" portid="25"><state state="open|filtered"/><service name="smtp" method="table"/></port>
<port protocol="tcp" portid="9"><state state="closed"/></port>
<extraports state="filtered" count="3"><extrareasons reason="no-response" ports="70-71,90"/></extraports>
</ports></host></nmaprun>"""


def saying(tmp_path, text: str) -> str:
    """A program that says this, whatever it is asked."""
    file = tmp_path / "nmap"
    file.write_text(f"#!{sys.executable}\nprint({text!r})\n")
    file.chmod(0o755)
    return str(file)


def quiet() -> None:
    """Nobody wants to know how far it is."""


def test_ports_are_named_in_spans():
    assert nmap.spans([3, 1, 2, 22, 80, 81]) == "1-3,22,80-81"
    assert nmap.spans([]) == ""


def test_states_are_read(tmp_path):
    states = nmap.states(saying(tmp_path, XML), TARGET, [9, 22], quiet)
    assert states == {22: "open", 443: "open", 25: "open", 9: "closed", 70: "filtered", 71: "filtered", 90: "filtered"}


def test_names_are_those_that_were_probed_and_not_the_tables(tmp_path):
    names = nmap.names(saying(tmp_path, XML), TARGET, [22], quiet)
    assert names == {22: "ssh OpenSSH 9.2p1", 443: "ssl/http", 25: "", 9: ""}


def test_what_cannot_be_read_is_an_error(tmp_path):
    with pytest.raises(ValueError, match="nothing that can be read"):
        nmap.states(saying(tmp_path, "Segmentation fault"), TARGET, [22], quiet)


def test_one_that_takes_too_long_is_ended(tmp_path, monkeypatch):
    file = tmp_path / "nmap"
    file.write_text("#!/bin/sh\nexec sleep 60\n")
    file.chmod(0o755)
    monkeypatch.setattr(nmap, "STATES_S", 0.2)
    monkeypatch.setattr(nmap, "_TICK_S", 0.05)
    ticks: list[int] = []
    with pytest.raises(TimeoutError, match="nmap takes longer"):
        nmap.states(str(file), TARGET, [22], lambda: ticks.append(1))
    assert ticks
