"""The model of nmap's version scan: which probe is sent when, and what is printed."""

import pytest

from rawspoof.core.signature.foreign.probes import parse
from rawspoof.core.signature.foreign.scan import Finding, Scanner
from tests.signature.foreign.samples import PROBES

MORE = r"""
Probe TCP SoftGet q|soft\n|
rarity 1
softmatch foo m|^soft| p/ignored/

Probe TCP Deep q|deep\n|
rarity 9
match foo m|^deep ([\d.]+)| p/Deep/ v/$1/
match bar m|^other| p/Other/

Probe TCP Late q|late\n|
rarity 1
match bar m|^late| p/Late/
"""
SCANNER = Scanner(parse("p", PROBES + MORE)[0])


class Server:
    """Answers by a table, and remembers what it was asked."""

    def __init__(self, **says):
        self.says, self.asked = {name.encode() + (b"\n" if name else b""): text for name, text in says.items()}, []

    def __call__(self, payload):
        self.asked.append(payload)
        return self.says.get(payload, b"")


@pytest.mark.parametrize(
    ("says", "found"),
    [
        ({"": b"SSH-2.0-Foossh_1.2\r\n"}, Finding("ssh", "Foo ssh", "1.2")),
        ({"late": b"late"}, Finding("bar", "Late")),
        ({"late": b"SSH-2.0-Foossh_1.2\r\n"}, Finding("ssh", "Foo ssh", "1.2")),
        ({"": b"nothing known"}, Finding()),
        ({}, Finding()),
        ({"soft": b"soft", "deep": b"deep 1.0"}, Finding("foo", "Deep", "1.0")),
        ({"soft": b"soft", "late": b"late"}, Finding("foo", "ignored")),
        ({"deep": b"deep 1.0"}, Finding()),
    ],
)
def test_what_is_printed(says, found):
    assert SCANNER.identify(Server(**says), 40000) == found


def test_probes_of_a_port_come_first_rare_ones_only_there_and_none_of_udp():
    at_port, elsewhere = Server(), Server()
    SCANNER.identify(at_port, 9999)
    SCANNER.identify(elsewhere, 40000)
    get, lines = b"GET / HTTP/1.0\r\n\r\n", b"\r\n\r\n"
    assert elsewhere.asked == [b"", lines, get, b"soft\n", b"late\n"]
    assert at_port.asked == [b"", b"\x01\x02rare\0", lines, get, b"soft\n", b"late\n"]


def test_a_fallback_names_too():
    rare = Server()
    rare.says[b"\x01\x02rare\0"] = b"HTTP/1.0 200 OK\r\nServer: Foo/3.1\r\n\r\n"
    assert SCANNER.identify(rare, 9999) == Finding("http", "Foo httpd", "3.1")
    assert SCANNER.identify(rare, 9998) == Finding()
