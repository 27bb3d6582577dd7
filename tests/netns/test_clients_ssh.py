"""SSH's own clients, guessers of passwords and nmap's scripts at a sensor's ports: all are refused as by real servers.

They run side by side, as most of their time is waiting. What was offered is in the event file.
"""

import re
import subprocess
from collections.abc import Iterator
from typing import Final, NamedTuple

import pytest

from rawspoof.core.signature.identity import Identity
from tests.netns.programs import HEARD_S, Asked, Ended, apart, side_by_side
from tests.netns.sensors import open_folder, until

pytestmark = pytest.mark.netns

STRANGER: Final = " -F none -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null "
ONCE: Final = STRANGER + "-o NumberOfPasswordPrompts=1 "
SSH: Final = "sshpass -p s3cret ssh -v" + ONCE + "-p {port} bob@{to}"
OLD: Final = SSH + " -o HostKeyAlgorithms=+ssh-rsa,ssh-dss -o KexAlgorithms=+diffie-hellman-group1-sha1"
KEYS: Final = tuple(f"key{number}" for number in range(7))
REFUSED: Final = r"Permission denied \({}\)"


class Client(NamedTuple):
    """A client, what it is to say, and who is asked."""

    argv: str
    says: str
    """Found by searching."""
    offers: frozenset[str] = frozenset({"s3cret"})
    """Passwords that the event file has of its port; the empty set for none."""
    version: str = "9"
    """What the server's begins with."""
    only: str = "openssh"
    port: int = 0

    def wants(self, who: Identity) -> bool:
        return who.version.startswith(self.version)


NOTHING: Final = frozenset[str]()
BOTH: Final = frozenset({"abc", "s3cret"})
LISTS: Final = " --script-args userdb=users,passdb=words,ssh.user=bob,ssh_hostkey=full"
NMAP: Final = "nmap -n -Pn -v -p {port}" + LISTS + " {to} --script "
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
        OLD, r"(?s)key algorithm: ssh-rsa.*MAC: umac-64@openssh.com.*denied", version="5.3"
    ),
    "ssh-3": Client(OLD, r"(?s)diffie-hellman-group1-sha1.*Permission denied", version="3."),
    "ssh-group18": Client(SSH + " -o KexAlgorithms=diffie-hellman-group18-sha512", "denied"),
    "ssh-keys": Client(
        "ssh" + STRANGER + "-o IdentitiesOnly=yes -p {port} bob@{to} -i " + " -i ".join(KEYS),
        DISMISSED, frozenset({"ssh-ed25519 SHA256:"}),
    ),
    "sftp": Client("sshpass -p s3cret sftp" + ONCE + "-P {port} bob@{to}", "Permission denied"),
    "scp": Client("sshpass -p s3cret scp" + ONCE + "-P {port} words bob@{to}:", "denied"),
    "hydra": Client("hydra -I -t 1 -l bob -P words ssh://{to}:{port}", "0 valid password", BOTH),
    "medusa": Client(
        "medusa -h {to} -n {port} -u bob -P words -M ssh", r"(?s)Password: abc .*Password: s3cret ", BOTH
    ),
    "ncrack": Client(
        "ncrack -v -T5 --user bob -P words ssh://{to}:{port},cl=1",
        r"Probes sent: [12] \| timed-out: 0 \| prematurely-closed: 0", BOTH, "7.4p1",
    ),
    # Of RSA this nmap asks for signatures by SHA-1 only, which OpenSSH makes no more from 8.8 on.
    "nmap": Client(
        NMAP + "+ssh2-enum-algos,+ssh-hostkey,+ssh-auth-methods",
        r"(?s)(?=.*kex_algorithms: \(1)(?=.*sntrup761x25519-sha512@openssh.com)(?=.*ecdsa-sha2-nistp256 AAAA)"
        r"(?=.*ssh-ed25519 AAAA)(?=.*Supported authentication methods:[\s|]+publickey)", NOTHING,
    ),
    "nmap-6": Client(NMAP + "+ssh-hostkey", r"(?s)(?=.*ssh-rsa AAAA)(?=.*ssh-dss AAAA)", NOTHING, "6.0p1"),
    "nmap-brute": Client(NMAP + "+ssh-brute", "Nmap done", BOTH, "8.2p1"),
    "dropbear-2014": Client(
        OLD, REFUSED.format("publickey,password"), version="2014", only="dropbear"
    ),
    "dropbear-2024": Client(SSH, REFUSED.format("publickey,password"), version="2024", only="dropbear"),
    "dropbear-nmap": Client(NMAP + "+ssh2-enum-algos", "kexguess2@matt.ucc.asn.au", NOTHING, "2022", "dropbear"),
}  # fmt: skip
"""By a name for the test."""


@pytest.fixture(scope="module")
def asked() -> Iterator[dict[str, Asked]]:
    """Where each client goes."""
    with apart(CLIENTS) as places:
        yield places


@pytest.fixture(scope="module")
def ended(asked: dict[str, Asked]) -> dict[str, Ended]:
    """All clients, run to their ends."""
    with open_folder() as folder:
        (folder / "words").write_text("abc\ns3cret\n")
        (folder / "users").write_text("bob\n")
        for key in KEYS:
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / key], check=True)
        return side_by_side(folder, {name: place.program(CLIENTS[name].argv) for name, place in asked.items()})


@pytest.mark.parametrize("name", CLIENTS)
def test_it_is_refused(ended, name):
    assert re.search(CLIENTS[name].says, ended[name].text), ended[name].text


@pytest.mark.parametrize("name", [name for name in CLIENTS if CLIENTS[name].offers])
def test_what_it_offered_is_known(asked, ended, name):
    del ended

    def offered() -> bool:
        secrets = [said.secret for said in asked[name].heard()]
        return all(any(secret.startswith(word) for secret in secrets) for word in CLIENTS[name].offers)

    until(offered, HEARD_S)
    assert {said.user for said in asked[name].heard()} == {"bob"}
