"""Importing match lines: what is said is named by its own line, and what is left out has a reason."""

import re

import pytest

from rawspoof.core.signature.foreign.nmap import outcomes
from rawspoof.core.signature.foreign.press import Left, Made
from rawspoof.core.signature.foreign.probes import parse
from tests.signature.foreign.samples import BROKEN, PROBES

SECRET = b"s" * 32


def lines(text=PROBES, secret=SECRET):
    probes, _ = parse("p", text)
    found = [each for probe in probes if not probe.udp for each in outcomes(probe, secret)]
    return {each.line if isinstance(each, Left) else each.entry.line: each for each in found}


def said(made, fqdn=b"h.lan", host=b"h"):
    facts = {"fqdn": fqdn, "host": host}
    return b"".join(part if isinstance(part, bytes) else facts[part] for part in made.entry.said)


def test_a_greeting_with_its_version_and_system():
    made = lines()[6]
    version = re.fullmatch(rb"SSH-(?:2\.0|1\.99)-Foossh_(\S+)\r\n", said(made))[1]
    assert (made.protocol, made.os, made.request) == ("ssh", "linux", None)
    assert (made.entry.product, made.entry.version) == ("Foo ssh", version.decode())


def test_every_host_says_its_own_name():
    made = lines()[7]
    assert "fqdn" in made.entry.said
    assert said(made, b"a.b").startswith(b"220 a.b Foo ftpd ")
    assert made.os == "windows"


def test_an_answer_waits_for_its_request():
    by_line = lines()
    assert re.match(by_line[21].request.when, b"GET / HTTP/1.0\r\n\r\n")
    assert re.match(by_line[15].request.when, b"\r\n\r\n")
    assert by_line[21].request.close


def test_templates_are_filled_with_what_is_said():
    made = lines()[15]
    word = re.fullmatch(rb"ERR ([\w ]+)\r\n", said(made))[1].decode()
    assert (made.entry.product, made.entry.version) == (f"Foo {word}", word.replace(" ", "_"))
    assert lines()[22].os == "os"


def test_a_rare_probe_s_line_lives_where_the_probe_goes():
    made = lines()[29]
    assert (made.place, made.ports) == ("Rare", (9999,))


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (8, "taken by line 7"),
        (10, "honeypot"),
        (23, "behind TLS"),
        (33, "to no port by default"),
    ],
)
def test_what_is_left_out_and_why(line, why):
    assert why in lines()[line].reason


def test_a_soft_match_is_an_identity_without_product():
    soft = lines()[9]
    assert (soft.protocol, soft.entry.product) == ("ftp", "")


def test_the_secret_decides_and_nothing_else_does():
    assert lines() == lines()
    differ = [n for n, made in lines().items() if isinstance(made, Made) and made != lines(secret=b"t" * 32)[n]]
    assert len(differ) >= 4
    alone = "Probe TCP NULL q||\n" + PROBES.split("\n")[5] + "\n"
    assert said(lines(alone)[2]) == said(lines()[6])


def test_bad_lines_are_left_out_with_reasons_and_the_rest_is_made():
    found = lines(BROKEN)
    reasons = {number: each.reason for number, each in found.items() if isinstance(each, Left)}
    assert set(found) - set(reasons) == {4}
    assert "no closing bracket" in reasons[3]
    assert "`{9999}` has nothing to repeat" in reasons[9]
    assert "never matches" in reasons[10]
    assert "65544 bytes" in reasons[11]
    assert "without a word" in reasons[12]
