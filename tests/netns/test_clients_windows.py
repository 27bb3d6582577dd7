"""Clients of Windows' services, screens and RPC end as they do at servers that refuse; we know what they tried.

All of them run at once, against a sensor on either system.
"""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Final

import pytest

from rawspoof.core.signature.identity import Identity
from tests.netns.programs import Case, Ended, Place, check, place, program, side_by_side
from tests.netns.sensors import open_folder

pytestmark = pytest.mark.netns

HEX: Final = "[0-9a-f]+"
WORLDS: Final = {"linux": (), "windows": ("--personality", "windows")}
"""Arguments of the sensor of each world."""


def modern(who: Identity) -> bool:
    return b"0210" in who.facts["dialects"]


def guarded(who: Identity) -> bool:
    return who.facts.get("security") == b"nla"


def latest(who: Identity) -> bool:
    return who.facts["minor"] == b"8"


NMAP = "nmap -Pn -n -sT -p {port} {to} --script "
NT1 = "--option='client min protocol=NT1' -m NT1"
V2, V1 = (re.compile(f"^[0-9a-f]{{16}}:{middle}:{HEX}$") for middle in ("[0-9a-f]{32}", "[0-9a-f]*"))
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
        ("anonymous", "", ""),
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
        ("anonymous", "", ""),
        port=445,
    ),
    "nmap-rdp": Case(
        "rdp",
        NMAP + "+rdp-ntlm-info,+rdp-enum-encryption",
        r"(?s)(?=.*DNS_Computer_Name: {fqdn})(?=.*Product_Version: {ntlm})(?=.*CredSSP \(NLA\): SUCCESS)",
        0,
        ("mstshash", "nmap", ""),
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
        ("VNC", "", re.compile(f"^[0-9a-f]{{32}}:{HEX}$")),
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


@pytest.fixture(scope="module")
def seen() -> Iterator[tuple[dict[str, Ended], dict[str, Place]]]:
    """How every client ended, and the sensors."""
    with ExitStack() as stack:
        folder = stack.enter_context(open_folder())
        places = {world: stack.enter_context(place(*args)) for world, args in WORLDS.items()}
        clients = {name: program(places[_world(case)], case) for name, case in CASES.items()}
        yield side_by_side(folder, clients), places


def _world(case: Case) -> str:
    return "windows" if case.service in WINDOWS else "linux"


@pytest.mark.parametrize("name", CASES)
def test_it_ends_as_against_any_server_that_refuses(seen, name):
    ended, places = seen
    case, here = CASES[name], places[_world(CASES[name])]
    who = here.who(case.port or here.home(case.wants))
    assert who
    check(case._replace(text=_of(who, case.text)), ended[name], here.events)


def _of(who: Identity, text: str | re.Pattern[str]) -> re.Pattern[str]:
    """The expression, in which facts of an identity stand for themselves."""
    wanted = text if isinstance(text, str) else text.pattern
    for key, fact in who.facts.items():
        wanted = wanted.replace(f"{{{key}}}", re.escape(fact.decode("latin-1")))
    return re.compile(wanted)
