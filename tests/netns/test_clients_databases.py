"""Databases' own clients and the guessers of passwords at a sensor's ports: all are refused as by the real servers.

They run side by side, as most of their time is waiting. What was offered is in the event file.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

import pytest

from rawspoof.core.signature.identity import Identity
from tests.netns.programs import HEARD_S, Asked, Ended, apart, side_by_side
from tests.netns.sensors import open_folder, until
from tests.netns.taps import SOURCE

pytestmark = pytest.mark.netns

FAILED: Final = 'FATAL:  password authentication failed for user "bob"'
DENIED: Final = f"Access denied for user 'bob'@'{SOURCE}' \\(using password: YES\\)"
MYSQL: Final = "mysql --no-defaults --connect-timeout=5 -h {to} -u bob -ps3cret -P {port}"
PSQL: Final = (
    "env PGPASSWORD=s3cret psql 'host={to} port={port} user=bob dbname=shop connect_timeout=5 sslmode=disable'"
)
HYDRA: Final = "hydra -I -t 1 -l bob -P words "
MEDUSA: Final = "medusa -h {to} -u bob -P words "
NCRACK: Final = "ncrack -v -T5 --user bob -P words "
NMAP: Final = "nmap -n -Pn -v {to} "
LISTS: Final = " --script-args userdb=users,passdb=words"


class Client(NamedTuple):
    """A client, where it goes, what it is to say, and how it is to prove itself."""

    argv: str
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

    def wants(self, who: Identity) -> bool:
        return who.service == self.service and who.version.startswith(self.version)


def method(*names: str) -> frozenset[str]:
    return frozenset(names)


NATIVE: Final = method("mysql_native_password")
PSQL_METHODS: Final = method("md5", "SCRAM-SHA-256", "SCRAM-SHA-256-PLUS")
GUESSED: Final = r"0 valid password"
TRIED: Final = r"(?s)Password: abc .*Password: s3cret "
NONE_CRACKED: Final = r"Probes sent: [12] \| timed-out: 0 \| prematurely-closed: 0"
CLIENTS: Final = {
    "mysql-mariadb": Client(MYSQL + " shop", rf"1045 \(28000\): {DENIED}", NATIVE),
    "mysql-8": Client(
        MYSQL + " --skip-ssl", rf"1045 \(28000\): {DENIED}", method("caching_sha2_password", "password"),
        "mysql", "8.0",
    ),
    "mysql-5-0": Client(MYSQL + " shop", rf"1045 \(28000\): {DENIED}", NATIVE, "mysql-5-1"),
    "mysql-4-0": Client(
        MYSQL, rf"1045 .*Access denied for user: 'bob@{SOURCE}' \(Using password: YES\)",
        method("mysql_old_password"), "mysql-4-0",
    ),
    "psql-scram": Client(
        PSQL, FAILED, method("SCRAM-SHA-256"), "postgresql", "15",
    ),
    "psql-md5": Client(PSQL, FAILED, method("md5"), "postgresql", "12"),
    "hydra-mysql": Client(HYDRA + "-s {port} mysql://{to}", GUESSED, NATIVE, "mariadb-org"),
    # Both go to this port whatever they are told; whoever lives there speaks PostgreSQL's protocol.
    "hydra-postgres": Client(HYDRA + "postgres://{to}", GUESSED, PSQL_METHODS, port=5432),
    "medusa-postgres": Client(MEDUSA + "-M postgres", TRIED, PSQL_METHODS, port=5432),
    "hydra-mssql": Client(HYDRA + "-s {port} mssql://{to}", GUESSED, method("password"), "mssql", "15"),
    "hydra-mongodb": Client(
        HYDRA + "-s {port} mongodb://{to}", GUESSED, method("SCRAM-SHA-1"), "mongodb", "4", "mongodb",
    ),
    "medusa-mysql": Client(MEDUSA + "-n {port} -M mysql", TRIED, NATIVE, "mariadb", "5.5.5-10.4"),
    "medusa-mssql": Client(MEDUSA + "-n {port} -M mssql", TRIED, method("password"), "mssql", "14"),
    "ncrack-mysql": Client(NCRACK + "mysql://{to}:{port},cl=1", NONE_CRACKED, NATIVE, "mariadb", "5.5.5-10.5"),
    "ncrack-psql": Client(NCRACK + "psql://{to}:{port},cl=1", NONE_CRACKED, method("md5"), "postgresql", "11"),
    "ncrack-mssql": Client(
        NCRACK + "mssql://{to}:{port},cl=1", NONE_CRACKED, method("password"), "mssql", "15.00.43",
    ),
    # Of newer ones ncrack does not know the protocol's version, and waits for ever.
    "ncrack-mongodb": Client(
        NCRACK + "mongodb://{to}:{port},cl=1", NONE_CRACKED, method("SCRAM-SHA-1", "MONGODB-CR"),
        "mongodb", "3.4", "mongodb",
    ),
    "nmap-mysql": Client(
        NMAP + "-p {port} --script +mysql-info,+mysql-brute" + LISTS, r"Version: 5\.5\.5-10\.3",
        NATIVE, "mariadb", "5.5.5-10.3",
    ),
    # The scripts of 7.93 find no instance on a port that was scanned; this one tells only what it guessed.
    "nmap-mssql": Client(
        NMAP + "-p 9 --script ms-sql-brute" + LISTS + ",mssql.instance-port={port}", "Nmap done",
        method("password"), "mssql", "14.00.3",
    ),
    "nmap-mongodb": Client(
        NMAP + "-p {port} --script +mongodb-info,+mongodb-databases",
        r"(?s)(?=.*MongoDB Build info)(?=.*version = 4\.4)(?=.*command listDatabases requires authentication)",
        frozenset(), "mongodb", "4.4", "mongodb",
    ),
    "nmap-pgsql": Client(
        NMAP + "-p {port} --script +pgsql-brute" + LISTS, "Nmap done", method("md5"), "postgresql", "10",
    ),
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
        return side_by_side(folder, {name: place.program(CLIENTS[name].argv) for name, place in asked.items()})


@pytest.mark.parametrize("name", CLIENTS)
def test_it_is_refused(ended, name):
    assert re.search(CLIENTS[name].says, ended[name].text), ended[name].text


@pytest.mark.parametrize("name", [name for name in CLIENTS if CLIENTS[name].methods])
def test_what_it_offered_is_known(asked, ended, name):
    del ended
    wanted = CLIENTS[name].methods
    offered = until(asked[name].heard, HEARD_S)
    assert {said.user for said in offered} == {"bob"}
    assert {said.method for said in offered} <= wanted
    if "password" in wanted:
        until(lambda: "s3cret" in {said.secret for said in asked[name].heard()}, HEARD_S)
