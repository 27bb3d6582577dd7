"""portspoof's files: every form of its lines is honoured or refused with file and line."""

import pytest

from rawspoof.core.signature.foreign.portspoof import conf, is_conf, literal, pattern, signatures
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
    assert [problem.line for problem in problems] == [6, 7]
    assert "from the first to the last" in problems[0].reason
    assert "says anew what port 81 says (line 4)" in problems[1].reason


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('0 "x"', "1 to 65535"),
        ('65616 "x"', "1 to 65535"),
        ('70-66000 "x"', "1 to 65535"),
        ('90-80 "x"', "falls"),
        ('80- "x"', "no port and no range"),
        ('1e3 "x"', "no port and no range"),
        ('0x50 "x"', "no port and no range"),
        ('8.5 "x"', "no port and no range"),
        ('80,81 "x"', "no port and no range"),
        ('* "x"', "no port and no range"),
        ('80 "x', "between two double quotes"),
        ("80 x", "between two double quotes"),
        ("80", "between two double quotes"),
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
    payloads, problems = conf("file", f"{line}\n \t \n\r\n#\n")
    assert payloads[80].text == b"x"
    assert problems == []


def test_a_long_line_is_whole():
    payloads, _ = conf("file", f'80 "{"x" * 5000}"')
    assert len(payloads[80].text) == 5000


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


def test_a_payload_as_text():
    assert literal(rb"a\x22\r\n\t\0\.[\w]+") == b'a"\r\n\t\0.[w]+'


def test_a_conf_is_told_from_other_files():
    assert is_conf(CONF)
    assert is_conf('# x\n\n 80-90 "x"')
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
