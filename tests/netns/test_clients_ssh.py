"""SSH's own clients, guessers of passwords and nmap's scripts at a sensor's ports: all are refused as by real servers.

They run side by side, as most of their time is waiting. What was offered is in the event file.
"""

import json
import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from subprocess import PIPE, STDOUT
from typing import Final, NamedTuple

import pytest

from rawspoof.core.world.profile import Profile
from rawspoof.edges.lab.namespaces import Lab
from tests.netns.sensors import running, town, until
from tests.netns.taps import TARGET

pytestmark = pytest.mark.netns

CLIENT_S: Final = 40.0
PROMPT: Final = ("--delivery", "prompt")
STRANGER: Final = ("-F", "none", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null")
ONCE: Final = (*STRANGER, "-o", "NumberOfPasswordPrompts=1")
SSH: Final = ("sshpass", "-p", "s3cret", "ssh", "-v", *ONCE, "-p", "PORT", f"bob@{TARGET}")
OLD: Final = ("-o", "HostKeyAlgorithms=+ssh-rsa,ssh-dss", "-o", "KexAlgorithms=+diffie-hellman-group1-sha1")
KEYS: Final = tuple(word for number in range(7) for word in ("-i", f"KEY{number}"))
LISTS: Final = ("--script-args", "userdb=USERS,passdb=WORDS,ssh.user=bob,ssh_hostkey=full")
REFUSED: Final = r"Permission denied \({}\)"


class Client(NamedTuple):
    """A client, what it is to say, and who is asked."""

    argv: tuple[str, ...]
    """`PORT`, `USERS`, `WORDS` and `KEY0` to `KEY6` stand for what is known only later."""
    says: str
    """Found by searching."""
    offers: frozenset[str] = frozenset({"s3cret"})
    """Passwords that the event file has of its port; the empty set for none."""
    version: str = "9"
    """What the server's begins with."""
    only: str = "openssh"


NOTHING: Final = frozenset[str]()
BOTH: Final = frozenset({"abc", "s3cret"})
GUESS: Final = ("-u", "bob", "-P", "WORDS")
NMAP: Final = ("nmap", "-n", "-Pn", "-v", "-p", "PORT", *LISTS, TARGET, "--script")
DISMISSED: Final = "Received disconnect from .*: Too many authentication failures"

CLIENTS: Final = {
    "ssh-10": Client(
        SSH, r"(?s)kex: algorithm: sntrup761x25519-sha512\b.*cipher: chacha20.*Permission denied \(pub", version="10.0"
    ),
    "ssh-debian": Client(SSH, REFUSED.format("publickey,password"), version="9.2p1 Debian"),
    "ssh-ubuntu": Client(SSH, REFUSED.format("publickey,password"), version="8.9p1 Ubuntu"),
    "ssh-7": Client(
        SSH, r"(?s)kex: algorithm: curve25519-sha256\b.*server-sig-algs=.*Permission denied", version="7.4p1 Debian"
    ),
    "ssh-6": Client(SSH, r"(?s)kex: algorithm: ecdh-sha2-nistp256.*ecdsa-sha2.*Permission denied", version="6.0p1"),
    "ssh-5": Client(
        (*SSH[:4], *OLD, *SSH[4:]), r"(?s)key algorithm: ssh-rsa.*MAC: umac-64@openssh.com.*denied", version="5.3"
    ),
    "ssh-3": Client((*SSH[:4], *OLD, *SSH[4:]), r"(?s)diffie-hellman-group1-sha1.*Permission denied", version="3."),
    "ssh-group18": Client((*SSH[:4], "-o", "KexAlgorithms=diffie-hellman-group18-sha512", *SSH[4:]), "denied"),
    "ssh-keys": Client(
        ("ssh", *STRANGER, "-o", "IdentitiesOnly=yes", *KEYS, "-p", "PORT", f"bob@{TARGET}"),
        DISMISSED, frozenset({"ssh-ed25519 SHA256:"}),
    ),
    "sftp": Client(("sshpass", "-p", "s3cret", "sftp", *ONCE, "-P", "PORT", f"bob@{TARGET}"), "Permission denied"),
    "scp": Client(("sshpass", "-p", "s3cret", "scp", *ONCE, "-P", "PORT", "WORDS", f"bob@{TARGET}:"), "denied"),
    "hydra": Client(("hydra", "-I", "-t", "1", "-l", *GUESS[1:], f"ssh://{TARGET}:PORT"), "0 valid password", BOTH),
    "medusa": Client(
        ("medusa", "-h", TARGET, "-n", "PORT", *GUESS, "-M", "ssh"), r"(?s)Password: abc .*Password: s3cret ", BOTH
    ),
    "ncrack": Client(
        ("ncrack", "-v", "-T5", "--user", *GUESS[1:], f"ssh://{TARGET}:PORT,cl=1"),
        r"Probes sent: [12] \| timed-out: 0 \| prematurely-closed: 0", BOTH, "7.4p1",
    ),
    # Of RSA this nmap asks for signatures by SHA-1 only, which OpenSSH makes no more from 8.8 on.
    "nmap": Client(
        (*NMAP, "+ssh2-enum-algos,+ssh-hostkey,+ssh-auth-methods"),
        r"(?s)(?=.*kex_algorithms: \(1)(?=.*sntrup761x25519-sha512@openssh.com)(?=.*ecdsa-sha2-nistp256 AAAA)"
        r"(?=.*ssh-ed25519 AAAA)(?=.*Supported authentication methods:[\s|]+publickey)", NOTHING,
    ),
    "nmap-6": Client((*NMAP, "+ssh-hostkey"), r"(?s)(?=.*ssh-rsa AAAA)(?=.*ssh-dss AAAA)", NOTHING, "6.0p1"),
    "nmap-brute": Client((*NMAP, "+ssh-brute"), "Nmap done", BOTH, "8.2p1"),
    "dropbear-2014": Client(
        (*SSH[:4], *OLD, *SSH[4:]), REFUSED.format("publickey,password"), version="2014", only="dropbear"
    ),
    "dropbear-2024": Client(SSH, REFUSED.format("publickey,password"), version="2024", only="dropbear"),
    "dropbear-nmap": Client((*NMAP, "+ssh2-enum-algos"), "kexguess2@matt.ucc.asn.au", NOTHING, "2022", "dropbear"),
}  # fmt: skip
"""By a name for the test."""


class Ended(NamedTuple):
    """What a client said, and who was asked."""

    says: str
    port: int
    events: Path


def home(profile: Callable[[int], Profile], client: Client, taken: set[int]) -> int:
    """The first port with whom the client wants, that no other client asks."""
    for port in range(1, 65536):
        who = profile(port).identity
        if who and port not in taken and who.version.startswith(client.version):
            taken.add(port)
            return port
    raise AssertionError(f"nobody of {client.only} {client.version}")


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Ended]]:
    """All clients, run to their ends against two sensors."""
    folder = tmp_path_factory.mktemp("ssh")
    (folder / "words").write_text("abc\ns3cret\n")
    (folder / "users").write_text("bob\n")
    known = {"USERS": str(folder / "users"), "WORDS": str(folder / "words")}
    for number in range(7):
        known[f"KEY{number}"] = str(folder / f"key{number}")
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", known[f"KEY{number}"]], check=True)
    with ExitStack() as stack:
        labs, under_way = {}, {}
        taken: dict[str, set[int]] = {only: set() for only in ("openssh", "dropbear")}
        for only in taken:
            labs[only] = stack.enter_context(Lab())
            args = (*PROMPT, "--only", only, "--events", str(folder / f"events-{only}"))
            stack.enter_context(running(labs[only], *args))
        profiles = {only: town(*PROMPT, "--only", only) for only in taken}
        for name, client in CLIENTS.items():
            port = home(profiles[client.only], client, taken[client.only])
            known["PORT"] = str(port)
            argv = [re.sub("PORT|USERS|WORDS|KEY\\d", lambda found: known[found[0]], word) for word in client.argv]
            environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": str(folder)}
            process = labs[client.only].run(
                "attacker", argv, stdin=subprocess.DEVNULL, stdout=PIPE, stderr=STDOUT, text=True, env=environment
            )
            under_way[name] = port, process
        yield {
            name: Ended(process.communicate(timeout=CLIENT_S)[0], port, folder / f"events-{CLIENTS[name].only}")
            for name, (port, process) in under_way.items()
        }


def offered(told: Ended) -> set[tuple[str, str]]:
    """Users and secrets that the event file has of a port."""
    events = [json.loads(line) for line in told.events.read_text().split("\n")[:-1]]
    return {
        (event["user"]["name"], event["rawspoof"]["secret"]["text"])
        for event in events
        if event["event"]["action"] == "service.credential" and event["destination"]["port"] == told.port
    }


@pytest.mark.parametrize("name", CLIENTS)
def test_it_is_refused(ended, name):
    assert re.search(CLIENTS[name].says, ended[name].says), ended[name].says


@pytest.mark.parametrize("name", [name for name in CLIENTS if CLIENTS[name].offers])
def test_what_it_offered_is_known(ended, name):
    wanted = CLIENTS[name].offers
    found = until(lambda: offered(ended[name]), 2.0)
    assert {user for user, _ in found} == {"bob"}
    assert all(any(secret.startswith(word) for _, secret in found) for word in wanted)
