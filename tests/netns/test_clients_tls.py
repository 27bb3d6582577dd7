"""TLS as real clients meet it: openssl, curl, wget and nmap read certificate, versions, pages and identities."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from rawspoof.core.conversation.papers import papers
from rawspoof.core.conversation.visit import Visit
from rawspoof.core.signature.identity import Identity
from rawspoof.edges.lab.namespaces import Lab
from rawspoof.edges.system.signatures import load_catalogue
from tests.netns.programs import ENDED_S, HEARD_S, Place, place
from tests.netns.scanners import nmap
from tests.netns.sensors import until
from tests.netns.taps import TARGET

pytestmark = pytest.mark.netns

STARTTLS: Final = {
    "ftp": "ftp",
    "imap": "imap",
    "irc": "irc",
    "jabber": "xmpp",
    "ldap": "ldap",
    "mysql": "mysql",
    "nntp": "nntp",
    "pop3": "pop3",
    "postgresql": "postgres",
    "smtp": "smtp",
}
"""nmap's names of protocols that openssl's client can go over to TLS in, and its own."""
OFFERED: Final = sorted(
    {who.protocol for who in load_catalogue(())[0].services.values() if who.tls == "starttls"} & STARTTLS.keys()
)
NOON: Final = 1735732800.0
SCANNED: Final = (443, 465, 636, 990, 993, 995)


@pytest.fixture(scope="module")
def here() -> Iterator[Place]:
    with place() as there:
        yield there


def called(lab: Lab, *argv: str, text: str = "") -> "subprocess.CompletedProcess[str]":
    """What a client on the attacker's side prints, whatever its end."""
    with lab.inside("attacker"):
        return subprocess.run(argv, input=text, capture_output=True, text=True, timeout=ENDED_S, errors="replace")


def identity(here: Place, port: int) -> Identity:
    who = here.who(port)
    assert who is not None
    return who


def name(who: Identity) -> str:
    """Whom the certificate names."""
    return dict(papers(Visit(who), NOON).subject)["CN"]


def modern(who: Identity) -> bool:
    """Whether it speaks TLS as today's clients want it."""
    return papers(Visit(who), NOON).era == "modern"


def hellos(events: Path, port: int) -> list[dict]:
    """What has been heard at a port so far."""
    lines = [json.loads(line) for line in events.read_text().split("\n")[:-1]]
    return [e for e in lines if e["event"]["action"] == "tls.client_hello" and e["destination"]["port"] == port]


def told(events: Path, port: int) -> dict:
    """The latest hello heard at a port."""
    return until(lambda: hellos(events, port), HEARD_S)[-1]


def test_openssl_completes_a_handshake_and_reads_the_greeting(here):
    who = identity(here, 993)
    ways = ("-servername", "mail.example", "-alpn", "imap,h2", "-quiet", "-ign_eof")
    done = called(here.lab, "openssl", "s_client", "-connect", f"{TARGET}:993", *ways, text="a LOGOUT\r\n")
    assert f"CN = {name(who)}" in done.stderr
    assert done.stdout.startswith("* OK ")
    hello = told(here.events, 993)
    assert hello["tls"]["client"]["server_name"] == "mail.example"
    assert re.fullmatch(r"[0-9a-f]{32}", hello["tls"]["client"]["ja3"])
    assert re.fullmatch(r"t13d\d{4}ip_[0-9a-f]{12}_[0-9a-f]{12}", hello["rawspoof"]["ja4"])


def test_the_certificate_is_the_same_each_time_and_the_session_resumes(here, tmp_path):
    session = str(tmp_path / "session")
    ways = ("openssl", "s_client", "-connect", f"{TARGET}:993", "-tls1_2")
    shown = [called(here.lab, *ways, *more) for more in (("-sess_out", session), ("-sess_in", session), ())]
    certificates = [re.findall(r"-----BEGIN CERT.*?END CERT", one.stdout, re.DOTALL) for one in shown]
    assert certificates[0] == certificates[2] != []
    assert "Reused, TLSv1.2" in shown[1].stdout


@pytest.mark.parametrize("protocol", OFFERED)
def test_openssl_goes_over_to_tls(here, protocol):
    # MySQL before 8 says in its greeting that it has no certificate.
    since = "8." if protocol == "mysql" else ""

    def goes_over(who: Identity) -> bool:
        return who.tls == "starttls" and who.protocol == protocol and who.version >= since and modern(who)

    port = here.home(goes_over)
    who = identity(here, port)
    way = ("-starttls", STARTTLS[protocol])
    done = called(here.lab, "timeout", "20", "openssl", "s_client", "-connect", f"{TARGET}:{port}", *way)
    assert name(who) in done.stdout, (who.service, port, done.stdout[-500:], done.stderr[-500:])
    assert re.search(r"New, TLSv1\S*, Cipher is \w", done.stdout), done.stdout[-800:]
    assert told(here.events, port)["tls"]["client"]["ja3"]


@pytest.mark.parametrize(("port", "client"), [(443, "curl"), (8443, "curl"), (8443, "wget")])
def test_a_page_is_read_through_tls(here, port, client):
    ways = {
        "curl": ("curl", "-vk", "-m", "20", f"https://{TARGET}:{port}/"),
        "wget": ("wget", "-T", "20", "-t", "1", "--no-check-certificate", "-S", "-O", "-", f"https://{TARGET}:{port}/"),
    }
    done = called(here.lab, *ways[client])
    assert re.search(r"HTTP/1\.[01] \d{3} ", done.stderr), done.stderr
    if client == "curl":
        assert "SSL connection using TLSv1.3" in done.stderr
        assert f"CN={name(identity(here, port))}" in done.stderr.replace("CN = ", "CN=")


def test_curl_is_told_where_it_asks_in_clear(here):
    port = here.home(lambda who: who.tls == "implicit" and who.product == "nginx")
    done = called(here.lab, "curl", "-s", "-m", "20", f"http://{TARGET}:{port}/")
    assert "The plain HTTP request was sent to HTTPS port" in done.stdout


def test_two_tools_have_fingerprints_of_their_own(here):
    curl = ("curl", "-sk", "-m", "20", f"https://{TARGET}:4443/", "--tls-max", "1.2", "--ciphers", "DEFAULT@SECLEVEL=0")
    ways = (curl, ("openssl", "s_client", "-connect", f"{TARGET}:4443"), curl)
    for way in ways:
        called(here.lab, *way)
    one, other, again = until(lambda: found if len(found := hellos(here.events, 4443)) == len(ways) else None, 3.0)
    assert one["rawspoof"]["ja4"] == again["rawspoof"]["ja4"]
    assert one["tls"]["client"]["ja3"] != other["tls"]["client"]["ja3"]
    assert one["rawspoof"]["ja4"].startswith("t12i")
    assert other["rawspoof"]["ja4"].startswith("t13i")


def test_nmap_s_scripts_read_certificate_and_ciphers(here):
    done = called(here.lab, "nmap", "-n", "-Pn", "--script", "ssl-cert,ssl-enum-ciphers", "-p", "443", TARGET)
    assert f"commonName={name(identity(here, 443))}" in done.stdout
    assert "Public Key type: ec" in done.stdout
    for version in ("TLSv1.2", "TLSv1.3"):
        assert f"{version}:" in done.stdout
    assert "TLSv1.0" not in done.stdout
    assert "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384" in done.stdout


def test_nmap_names_what_is_inside(here):
    seen = nmap(here.lab, "-sV", "-T4", "-p", ",".join(map(str, SCANNED)))
    dealt = {port: identity(here, port) for port in SCANNED}
    assert {port: seen[port][3:] for port in SCANNED} == {
        port: (who.seen_as, who.product, who.version) for port, who in dealt.items()
    }
