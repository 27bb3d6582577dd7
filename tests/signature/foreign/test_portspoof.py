"""portspoof's files: every form of its lines is honoured or refused with file and line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rawspoof.core.signature.foreign.portspoof import TOLD_MAX, conf, is_conf, literal, pattern, signatures
from tests.signature.foreign.samples import CONF, PROBES, SIGNATURES


def test_patterns_with_their_lines():
    found = dict(signatures(SIGNATURES.decode("latin-1")))
    assert list(found) == [1, 3, 4, 5, 6, 7, 8]
    assert found[1] == rb"SSH-2\.0-Foossh_([\w._-]+)\r\n"
    assert found[5] == rb"# \d+ is no comment"
    assert len(found[8]) == 3002


def test_payloads_by_port():
    payloads, problems = conf("c", CONF)
    assert sorted(payloads) == [7, 22, 80, 81, 82]
    assert payloads[22].text == rb"SSH-2.0-Foossh_8.9p1\r\n"
    assert payloads[80] == payloads[82]
    assert payloads[81].line == 7
    assert payloads[7].text == b'say "more" twice'
    assert [problem.line for problem in problems] == [5, 6, 7, 7]
    assert "is an indented comment" in problems[0].reason
    assert "from the first to the last" in problems[1].reason
    assert "says anew what port 81 says (line 4)" in problems[2].reason
    assert "looks like an attack on the scanner (a shell command)" in problems[3].reason


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('0 "x"', "is no port, which portspoof takes for 0: write 1 to 65535"),
        ('65616 "x"', "which portspoof takes for 80: write 1 to 65535"),
        ('70-66000 "x"', "`70-66000` is no port: write 1 to 65535"),
        (f'{"9" * 5000} "x"', "is no port and no range: write one"),
        ('90-80 "x"', "falls, which portspoof takes for none: write 80-90"),
        ('80- "x"', "no port and no range: write one such as 80 or 8000-8100"),
        ('1e3 "x"', "no port and no range, which portspoof takes for 1:"),
        ('0x50 "x"', "no port and no range, which portspoof takes for 0:"),
        ('8.5 "x"', "no port and no range, which portspoof takes for 8:"),
        ('80,81 "x"', "no port and no range"),
        ('* "x"', "no port and no range"),
        ('80 "x', "the second double quote is missing: write the payload between two"),
        ("80 x", "there are no double quotes"),
        ("80", "there are no double quotes"),
        ('"x"', "no port and no range"),
    ],
)
def test_what_is_refused(line, why):
    payloads, problems = conf("file", f'\n{line}\n1 "kept"\n')
    assert list(payloads) == [1]
    assert [str(problem).split(": ", 1)[0] for problem in problems] == ["file:2"]
    assert why in problems[0].reason


@pytest.mark.parametrize(
    "line", ['80 "x"', '\t80 "x"  ', '80 what stands here "x" and here', '80 "x"\r', "80 " + '"x"']
)
def test_what_is_honoured(line):
    payloads, problems = conf("file", f"{line}\n\n#\n")
    assert payloads[80].text == b"x"
    assert [problem.reason for problem in problems if "CR LF" not in problem.reason] == []


def test_what_stops_portspoof_is_passed_over_and_told_once():
    payloads, problems = conf("file", '80 "x"\r\n\r\n \t \n  \n\n # a\n\t# b\n# c\n')
    assert list(payloads) == [80]
    assert [str(problem).partition(" is passed")[0].partition(", ")[0] for problem in problems] == [
        "file:1: ends in CR LF",
        "file:3: has blanks and nothing else",
        "file:6: is an indented comment",
    ]
    assert [problem.reason.endswith("(and 1 more)") for problem in problems] == [True, True, True]


def test_a_long_line_is_whole():
    payloads, problems = conf("file", f'80 "{"ab" * 2500}"')
    assert len(payloads[80].text) == 5000
    assert problems[0].reason == "is 5005 bytes long and read whole; portspoof cuts at 2047: shorten it to please both"


@pytest.mark.parametrize(
    ("payload", "what"),
    [
        (r"HTTP/1.0 200 OK\r\nX: $(touch /tmp/x)", "a shell command"),
        (r"\x2fbin\x2fsh -c id", "a shell command"),
        ("+ADw-img src=x+AD4-", "a script for a browser"),
        ("<SCRIPT>alert(1)", "a script for a browser"),
        (r"name=\x2e\x2e\x2f\x2e\x2e\x2f\x2e\x2e\x2fetc", "a path out of its folder"),
        ("%n%n%n", "a format or an overflow"),
        ("A" * 600, "a format or an overflow"),
    ],
)
def test_a_payload_against_scanners_is_told(payload, what):
    payloads, problems = conf("file", f'80 "{payload}"')
    assert list(payloads) == [80]
    assert [problem.reason.partition("(")[2].partition(")")[0] for problem in problems] == [what]
    assert "take the line out unless that is meant" in problems[0].reason


@pytest.mark.parametrize(
    "payload", [r"SSH-2.0-OpenSSH_8.9p1\r\n", "220 a ESMTP; ready", r"HTTP/1.1 200 OK\r\n\r\n<html>"]
)
def test_a_banner_is_no_attack(payload):
    assert conf("file", f'80 "{payload}"')[1] == []


@pytest.mark.parametrize(
    ("payload", "meant"),
    [
        (rb"SSH-2.0-x_8.9p1\r\n", rb"SSH-2\.0-x_8\.9p1\r\n"),
        (rb"[\w]+ [\d]{3} \d+", rb"[\w]+ [\d]{3} \d+"),
        (rb"$(cat x)|{perl,-e}? a+b* ^", rb"\$(cat x)\|\{perl,-e\}\? a\+b\* \^"),
        (rb"word: ... end.", rb"word: ... end\."),
        (rb".*x.+", rb".*x.+"),
        (rb"\x41+\.\.", rb"\x41\+\.\."),
        (rb"(?:a)(b)+", rb"(?:a)(b)\+"),
        (rb"\n*", rb"\n\*"),
    ],
)
def test_what_is_a_pattern_in_a_payload(payload, meant):
    assert pattern(payload) == meant


@given(st.text(st.characters(max_codepoint=255), max_size=200))
def test_any_text_is_payloads_and_problems(text):
    payloads, problems = conf("file", text)
    assert all(1 <= port <= 65535 for port in payloads)
    assert all(1 <= problem.line <= text.count("\n") + 1 and "\n" not in problem.reason for problem in problems)
    assert isinstance(is_conf(text), bool)


def test_of_endless_problems_some_are_told_and_the_rest_is_counted():
    payloads, problems = conf("c", '22 "a"\n' * (TOLD_MAX + 4))
    assert len(payloads) == 1
    assert [problem.line for problem in problems[:2]] == [2, 3]
    assert len(problems) == TOLD_MAX + 1
    assert str(problems[-1]) == f"c:{TOLD_MAX + 2}: begins what is not told, 3 more: mend what is told first"


def test_a_payload_as_text():
    assert literal(rb"a\x22\r\n\t\0\.[\w]+") == b'a"\r\n\t\0.[w]+'


def test_a_conf_is_told_from_other_files():
    assert is_conf(CONF)
    assert is_conf('# x\n\n 80-90 "x"')
    assert all(is_conf(f'{odd} "x"') for odd in ("1e3", "0x50", "8.5", "65616", "80-", "90-80"))
    others = (
        PROBES,
        SIGNATURES.decode("latin-1"),
        "",
        "# only\n",
        "[sensor]\nqueue = 1\n",
        "220 ([-.\\w]+) x",
        "a = 1",
    )
    assert not any(map(is_conf, others))
