"""Clients of Windows' services, screens and RPC end as they do at servers that refuse; we know what they tried.

All of them run at once, against a sensor on either system.
"""

import json
import os
import re
import shlex
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from subprocess import PIPE, STDOUT
from typing import Final, NamedTuple

import pytest

from rawspoof.core.signature.identity import Identity
from rawspoof.core.world.profile import Profile
from rawspoof.edges.lab.namespaces import Lab
from tests.netns.sensors import running, town, until
from tests.netns.taps import TARGET

pytestmark = pytest.mark.netns

PROMPT: Final = ("--delivery", "prompt")
CLIENT_S: Final = 25.0
KEYS: Final = ("user", "secret")
HEX: Final = "[0-9a-f]+"
WORLDS: Final = {"linux": PROMPT, "windows": (*PROMPT, "--personality", "windows")}
"""Arguments of the sensor of each world."""


class Case(NamedTuple):
    """A client, what it prints among other things, how it ends, and what it tried."""

    service: str
    """Where it lives in the world that it belongs to."""
    argv: str
    """`{port}` and `{to}` stand for the place."""
    text: str
    """A regular expression; facts of the port's identity stand for themselves."""
    status: int
    proof: tuple[str, str, str] | None = None
    """Method, user, and an expression for the secret."""
    port: int = 0
    """For clients that know one only; 0: the first that fits."""
    fits: Callable[[Identity], bool] = bool


def modern(who: Identity) -> bool:
    return b"0210" in who.facts["dialects"]


def guarded(who: Identity) -> bool:
    return who.facts.get("security") == b"nla"


def latest(who: Identity) -> bool:
    return who.facts["minor"] == b"8"


NMAP = "nmap -Pn -n -sT -p {port} {to} --script "
NT1 = "--option='client min protocol=NT1' -m NT1"
V2, V1, LM = (f"^[0-9a-f]{{16}}:{middle}:{HEX}$" for middle in ("[0-9a-f]{32}", "[0-9a-f]*", HEX))
BOB = r"CORP\bob"
WINDOWS: Final = ("microsoft-ds", "netbios-ssn", "rdp", "msrpc")
"""Services of the second world."""
CASES: Final = {
    "smbclient": Case(
        "samba-without-smb1",
        r"smbclient -U CORP\\bob%pw -L //{to} -p {port}",
        "NT_STATUS_LOGON_FAILURE",
        1,
        ("NTLMv2", BOB, V2),
    ),
    "smbclient-nobody": Case(
        "samba-without-smb1",
        "smbclient -N -L //{to} -p {port}",
        "Anonymous login successful[^\0]*tree connect failed: NT_STATUS_ACCESS_DENIED",
        1,
        ("anonymous", "", "^$"),
    ),
    "smbclient-windows": Case(
        "microsoft-ds",
        r"smbclient -U CORP\\bob%pw -L //{to} -p {port}",
        "NT_STATUS_LOGON_FAILURE",
        1,
        ("NTLMv2", BOB, V2),
        fits=modern,
    ),
    "smbclient-nt1": Case(
        "microsoft-ds",
        rf"smbclient -U CORP\\bob%pw {NT1} -L //{{to}} -p {{port}}",
        "NT_STATUS_LOGON_FAILURE",
        1,
        ("NTLMv2", BOB, V2),
    ),
    "hydra-smb": Case(
        "microsoft-ds", "hydra -I -l bob -p hs -s {port} {to} smb", "0 valid password", 0, ("NTLMv1", "bob", V1)
    ),
    "medusa-smb": Case("microsoft-ds", "medusa -h {to} -u bob -p ms -M smbnt -n {port}", "ACCOUNT CHECK", 0, port=445),
    "nmap-samba": Case(
        "samba-without-smb1",
        NMAP + "smb2-security-mode,smb-protocols,smb2-time",
        r"(?s)(?=.*enabled but not required)(?=.*dialects:.*202.*210.*300.*302.*311)(?=.*start_date: N/A)",
        0,
        port=139,
    ),
    "nmap-windows": Case(
        "microsoft-ds",
        NMAP + "smb-os-discovery,smb-protocols,smb-security-mode",
        r"(?s)(?=.*OS: {native} \({lanman}\))(?=.*FQDN: {fqdn})(?=.*NT LM 0\.12)(?=.*authentication_level: user)",
        0,
        ("anonymous", "", "^$"),
        port=445,
    ),
    "nmap-rdp": Case(
        "rdp",
        NMAP + "+rdp-ntlm-info,+rdp-enum-encryption",
        r"(?s)(?=.*DNS_Computer_Name: {fqdn})(?=.*Product_Version: {ntlm})(?=.*CredSSP \(NLA\): SUCCESS)",
        0,
        ("mstshash", "nmap", "^$"),
        fits=guarded,
    ),
    "hydra-rdp": Case(
        "rdp",
        "hydra -I -t 1 -l bob -p hr -s {port} {to} rdp",
        "0 valid password",
        0,
        ("NTLMv2", "bob", V2),
        fits=guarded,
    ),
    "rpcinfo-ports": Case(
        "rpcbind",
        "rpcinfo -p {to}",
        r"100000 +4 +tcp +111 +portmapper",
        0,
        port=111,
    ),
    "nmap-rpcinfo": Case("rpcbind", NMAP + "+rpcinfo", r"100000 +2,3,4 +111/tcp", 0, port=111),
    "rpcclient": Case("msrpc", "rpcclient -N ncacn_ip_tcp:{to} -c epmlookup", "no more entries", 0, port=135),
    "nmap-vnc": Case(
        "vnc", NMAP + "+vnc-info", r"(?s)Protocol version: 3\.8.*VNC Authentication \(2\)", 0, fits=latest
    ),
    "hydra-vnc": Case(
        "vnc",
        "hydra -I -t 1 -p hv -s {port} {to} vnc",
        "0 valid password",
        0,
        ("VNC", "", V2.replace(":[0-9a-f]{32}", "[0-9a-f]{16}")),
        fits=latest,
    ),
    "medusa-vnc": Case("vnc", "medusa -h {to} -u bob -p mv -M vnc -n {port}", "ACCOUNT CHECK", 0, fits=latest),
    "ncrack-vnc": Case(
        "vnc", "ncrack --user bob --pass nv -g CL=1,to=5s vnc://{to}:{port}", "Ncrack done", 0, fits=latest
    ),
    "xdpyinfo": Case("x11-closed", "env DISPLAY={to}:0 xdpyinfo", "No protocol specified", 1, port=6000),
    "xdpyinfo-open": Case("x11", "env DISPLAY={to}:1 xdpyinfo", "BadAccess", 1, port=6001),
    "nmap-x11": Case("x11", NMAP + "+x11-access", "X server access is granted", 0, port=6001),
}


class Ended(NamedTuple):
    """What came of a client."""

    who: Identity
    status: int
    text: str


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[dict[str, Ended], Path]]:
    """How every client ended, and the folder of the files of events."""
    folder = tmp_path_factory.mktemp("windows")
    with ExitStack() as stack:
        labs = {world: stack.enter_context(Lab()) for world in WORLDS}
        for world, args in WORLDS.items():
            stack.enter_context(running(labs[world], *args, "--events", str(folder / world)))
        towns = {world: town(*args) for world, args in WORLDS.items()}
        started = {
            name: _started(labs[_world(case)], towns[_world(case)], case, folder) for name, case in CASES.items()
        }
        yield {name: _ended(*client) for name, client in started.items()}, folder


def _world(case: Case) -> str:
    return "windows" if case.service in WINDOWS else "linux"


def _started(
    lab: Lab, profile: Callable[[int], Profile], case: Case, folder: Path
) -> "tuple[Identity, subprocess.Popen[str]]":
    port, who = next(
        (port, who)
        for port in ((case.port,) if case.port else range(1, 65536))
        if (who := profile(port).identity) and who.service == case.service and case.fits(who)
    )
    argv = [word.format(port=port, to=TARGET) for word in shlex.split(case.argv)]
    how = {"stdin": subprocess.DEVNULL, "stdout": PIPE, "stderr": STDOUT, "text": True, "errors": "replace"}
    return who, lab.run("attacker", argv, cwd=folder, env={**os.environ, "HOME": str(folder)}, **how)


def _ended(who: Identity, process: "subprocess.Popen[str]") -> Ended:
    try:
        text, _ = process.communicate(timeout=CLIENT_S)
    except subprocess.TimeoutExpired:
        # Whoever waits for ever fails its own test, not those of all others.
        process.kill()
        text, _ = process.communicate()
    return Ended(who, process.returncode, text)


@pytest.mark.parametrize("name", CASES)
def test_it_ends_as_against_any_server_that_refuses(seen, name):
    ended, folder = seen
    case, (who, status, text) = CASES[name], ended[name]
    wanted = case.text
    for key, fact in who.facts.items():
        wanted = wanted.replace(f"{{{key}}}", re.escape(fact.decode("latin-1")))
    assert re.search(wanted, text), text
    assert status == case.status, text
    if case.proof:
        until(lambda: _proven(folder / _world(case), case), 2.0)


def _proven(events: Path, case: Case) -> bool:
    assert case.proof
    told = [json.loads(line) for line in events.read_text().split("\n")[:-1]]
    heard = [event["rawspoof"] for event in told if event["event"]["action"] == "service.credential"]
    method, user, secret = case.proof
    return any(
        (said["service"], said["method"]) == (case.service, method)
        and bytes.fromhex(said["user"]["hex"]).decode() == user
        and re.search(secret, bytes.fromhex(said["secret"]["hex"]).decode())
        for said in heard
    )
