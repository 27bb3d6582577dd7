"""Databases' own clients and the guessers of passwords at a sensor's ports: all are refused as by the real servers.

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
from tests.netns.taps import SOURCE, TARGET

pytestmark = pytest.mark.netns

CLIENT_S: Final = 30.0
PROMPT: Final = ("--delivery", "prompt")
FAILED: Final = 'FATAL:  password authentication failed for user "bob"'
DENIED: Final = f"Access denied for user 'bob'@'{SOURCE}' \\(using password: YES\\)"
MYSQL: Final = ("mysql", "--no-defaults", "--connect-timeout=5", "-h", TARGET, "-u", "bob", "-ps3cret")
HYDRA: Final = ("hydra", "-I", "-t", "1", "-l", "bob", "-P", "WORDS")
MEDUSA: Final = ("medusa", "-h", TARGET, "-u", "bob", "-P", "WORDS")
NCRACK: Final = ("ncrack", "-v", "-T5", "--user", "bob", "-P", "WORDS")
NMAP: Final = ("nmap", "-n", "-Pn", "-v", TARGET)
LISTS: Final = ("--script-args", "userdb=USERS,passdb=WORDS")


class Client(NamedTuple):
    """A client, where it goes, what it is to say, and how it is to prove itself."""

    argv: tuple[str, ...]
    """`PORT`, `USERS` and `WORDS` stand for what is known only later."""
    says: str
    """Found by searching."""
    methods: frozenset[str] = frozenset()
    """Of the credentials that the event file has of its port."""
    service: str = "mariadb"
    version: str = ""
    """What its version begins with."""
    only: str = ""
    """The service that lives on every port of its sensor, for those that are rare."""
    port: int = 0


def method(*names: str) -> frozenset[str]:
    return frozenset(names)


NATIVE: Final = method("mysql_native_password")
PSQL: Final = "host={} port=PORT user=bob dbname=shop connect_timeout=5 sslmode={}"
PSQL_METHODS: Final = method("md5", "SCRAM-SHA-256", "SCRAM-SHA-256-PLUS")
GUESSED: Final = r"0 valid password"
TRIED: Final = r"(?s)Password: abc .*Password: s3cret "
NONE_CRACKED: Final = r"Probes sent: [12] \| timed-out: 0 \| prematurely-closed: 0"
CLIENTS: Final = {
    "mysql-mariadb": Client((*MYSQL, "-P", "PORT", "shop"), rf"1045 \(28000\): {DENIED}", NATIVE),
    "mysql-8": Client(
        (*MYSQL, "-P", "PORT", "--skip-ssl"), rf"1045 \(28000\): {DENIED}", method("caching_sha2_password", "password"),
        "mysql", "8.0",
    ),
    "mysql-5-0": Client((*MYSQL, "-P", "PORT", "shop"), rf"1045 \(28000\): {DENIED}", NATIVE, "mysql-5-1"),
    "mysql-4-0": Client(
        (*MYSQL, "-P", "PORT"), rf"1045 .*Access denied for user: 'bob@{SOURCE}' \(Using password: YES\)",
        method("mysql_old_password"), "mysql-4-0",
    ),
    "psql-scram": Client(
        ("psql", PSQL.format(TARGET, "disable")), FAILED, method("SCRAM-SHA-256"), "postgresql", "15",
    ),
    "psql-md5": Client(("psql", PSQL.format(TARGET, "disable")), FAILED, method("md5"), "postgresql", "12"),
    "hydra-mysql": Client((*HYDRA, "-s", "PORT", f"mysql://{TARGET}"), GUESSED, NATIVE, "mariadb-org"),
    # Both go to this port whatever they are told; whoever lives there speaks PostgreSQL's protocol.
    "hydra-postgres": Client((*HYDRA, f"postgres://{TARGET}"), GUESSED, PSQL_METHODS, port=5432),
    "medusa-postgres": Client((*MEDUSA, "-M", "postgres"), TRIED, PSQL_METHODS, port=5432),
    "hydra-mssql": Client((*HYDRA, "-s", "PORT", f"mssql://{TARGET}"), GUESSED, method("password"), "mssql", "15"),
    "hydra-mongodb": Client(
        (*HYDRA, "-s", "PORT", f"mongodb://{TARGET}"), GUESSED, method("SCRAM-SHA-1"), "mongodb", "4", "mongodb",
    ),
    "medusa-mysql": Client((*MEDUSA, "-n", "PORT", "-M", "mysql"), TRIED, NATIVE, "mariadb", "5.5.5-10.4"),
    "medusa-mssql": Client((*MEDUSA, "-n", "PORT", "-M", "mssql"), TRIED, method("password"), "mssql", "14"),
    "ncrack-mysql": Client((*NCRACK, f"mysql://{TARGET}:PORT,cl=1"), NONE_CRACKED, NATIVE, "mariadb", "5.5.5-10.5"),
    "ncrack-psql": Client((*NCRACK, f"psql://{TARGET}:PORT,cl=1"), NONE_CRACKED, method("md5"), "postgresql", "11"),
    "ncrack-mssql": Client(
        (*NCRACK, f"mssql://{TARGET}:PORT,cl=1"), NONE_CRACKED, method("password"), "mssql", "15.00.43",
    ),
    # Of newer ones ncrack does not know the protocol's version, and waits for ever.
    "ncrack-mongodb": Client(
        (*NCRACK, f"mongodb://{TARGET}:PORT,cl=1"), NONE_CRACKED, method("SCRAM-SHA-1", "MONGODB-CR"),
        "mongodb", "3.4", "mongodb",
    ),
    "nmap-mysql": Client(
        (*NMAP, "-p", "PORT", "--script", "+mysql-info,+mysql-brute", *LISTS), r"Version: 5\.5\.5-10\.3",
        NATIVE, "mariadb", "5.5.5-10.3",
    ),
    # The scripts of 7.93 find no instance on a port that was scanned; this one tells only what it guessed.
    "nmap-mssql": Client(
        (*NMAP, "-p", "9", "--script", "ms-sql-brute", *LISTS[:1], f"{LISTS[1]},mssql.instance-port=PORT"), "Nmap done",
        method("password"), "mssql", "14.00.3",
    ),
    "nmap-mongodb": Client(
        (*NMAP, "-p", "PORT", "--script", "+mongodb-info,+mongodb-databases"),
        r"(?s)(?=.*MongoDB Build info)(?=.*version = 4\.4)(?=.*command listDatabases requires authentication)",
        frozenset(), "mongodb", "4.4", "mongodb",
    ),
    "nmap-pgsql": Client(
        (*NMAP, "-p", "PORT", "--script", "+pgsql-brute", *LISTS), "Nmap done", method("md5"), "postgresql", "10",
    ),
}  # fmt: skip
"""By a name for the test."""


class Ended(NamedTuple):
    """What a client said, and who was asked."""

    says: str
    port: int
    events: Path


def home(profile: Callable[[int], Profile], client: Client, taken: set[int]) -> int:
    """The first port with whom the client wants, that no other client asks."""
    if client.port:
        return client.port
    for port in range(1, 65536):
        who = profile(port).identity
        if who and port not in taken and who.service == client.service and who.version.startswith(client.version):
            return port
    raise AssertionError(f"nobody of {client.service} {client.version}")


def filled(word: str, known: dict[str, str]) -> str:
    return re.sub("PORT|USERS|WORDS", lambda found: known[found[0]], word)


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Ended]]:
    """All clients, run to their ends against two sensors."""
    folder = tmp_path_factory.mktemp("databases")
    (folder / "words").write_text("abc\ns3cret\n")
    (folder / "users").write_text("bob\n")
    with ExitStack() as stack:
        labs: dict[str, Lab] = {}
        under_way = {}
        taken: dict[str, set[int]] = {only: set() for only in ("", "mongodb")}
        for only in taken:
            labs[only] = stack.enter_context(Lab())
            args = (*PROMPT, *(("--only", only) if only else ()))
            stack.enter_context(running(labs[only], *args, "--events", str(folder / f"events-{only}")))
        profiles = {only: town(*PROMPT, *(("--only", only) if only else ())) for only in taken}
        for name, client in CLIENTS.items():
            port = home(profiles[client.only], client, taken[client.only])
            taken[client.only].add(port)
            known = {"PORT": str(port), "USERS": str(folder / "users"), "WORDS": str(folder / "words")}
            argv = [filled(word, known) for word in client.argv]
            environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "PGPASSWORD": "s3cret", "HOME": str(folder)}
            under_way[name] = (
                port,
                labs[client.only].run(
                    "attacker",
                    argv,
                    stdin=subprocess.DEVNULL,
                    stdout=PIPE,
                    stderr=STDOUT,
                    text=True,
                    env=environment,
                    cwd=folder,
                ),
            )
        yield {
            name: Ended(process.communicate(timeout=CLIENT_S)[0], port, folder / f"events-{CLIENTS[name].only}")
            for name, (port, process) in under_way.items()
        }


def credentials(told: Ended) -> list[dict]:
    """The event file's credentials of a port."""
    events = [json.loads(line) for line in told.events.read_text().split("\n")[:-1]]
    return [
        event
        for event in events
        if event["event"]["action"] == "service.credential" and event["destination"]["port"] == told.port
    ]


@pytest.mark.parametrize("name", CLIENTS)
def test_it_is_refused(ended, name):
    assert re.search(CLIENTS[name].says, ended[name].says), ended[name].says


@pytest.mark.parametrize("name", [name for name in CLIENTS if CLIENTS[name].methods])
def test_what_it_offered_is_known(ended, name):
    wanted = CLIENTS[name].methods
    offered = until(lambda: credentials(ended[name]), 2.0)
    assert {event["user"]["name"] for event in offered} == {"bob"}
    assert {event["rawspoof"]["method"] for event in offered} <= wanted
    if "password" in wanted:
        assert "s3cret" in {event["rawspoof"]["secret"]["text"] for event in offered}
