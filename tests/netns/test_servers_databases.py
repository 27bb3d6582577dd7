"""What Debian's MariaDB and PostgreSQL say to a client's bytes, and what ours say to the same.

Both are asked from the same address. What differs on purpose is taken out of both by `plain`, and nothing else.
"""

import re
import shutil
import signal
import subprocess
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest

from rawspoof.core.signature.identity import Identity
from rawspoof.edges.lab.namespaces import Lab
from tests.conversation.mysql.test_speaker import answer, answer_320, packet
from tests.conversation.postgresql.test_speaker import BOB, CANCEL, FIRST, GSS, SSL, message, startup, startup_2
from tests.conversation.talks import living
from tests.netns.sensors import open_folder, until
from tests.netns.servers import STARTS_S, Chunk, Talk, Where, of_ours, side_by_side
from tests.netns.taps import TARGET

pytestmark = pytest.mark.netns

MYSQL, PSQL = Where(33060), Where(54320)


@pytest.fixture(scope="module")
def mariadb() -> Iterator[dict[str, list[bytes]]]:
    """What a server says that knows one user."""
    with open_folder() as folder, Lab() as lab:
        where = ("--no-defaults", f"--datadir={folder}/data", "--user=root", "--innodb-log-file-size=4M")
        made = ("mariadb-install-db", *where, "--auth-root-authentication-method=normal", "--skip-test-db")
        subprocess.run(made, check=True, capture_output=True)
        users = folder / "users.sql"
        users.write_text("CREATE USER bob@'%' IDENTIFIED BY 'another';\n")
        net = (f"--bind-address={TARGET}", f"--port={MYSQL.port}", "--skip-name-resolve", f"--socket={folder}/socket")
        yield from served(lab, ("mariadbd", *where, *net, f"--init-file={users}"), talks(MYSQL, MARIA, MARIADB))


@pytest.fixture(scope="module")
def postgresql() -> Iterator[dict[str, list[bytes]]]:
    """What a server says that wants SCRAM of everybody, with Debian's defaults for all else."""
    (programs,) = Path("/usr/lib/postgresql").glob("*/bin")
    as_user = ("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups")
    with open_folder() as folder, Lab() as lab:
        shutil.chown(folder, "postgres")
        made = (*as_user, programs / "initdb", "-D", f"{folder}/data", "-N", "-A", "trust", "--locale=C")
        subprocess.run(made, check=True, capture_output=True, cwd=folder)
        (folder / "data/pg_hba.conf").write_text("host all all all scram-sha-256\n")
        net = ("-D", f"{folder}/data", "-k", folder, "-h", TARGET, "-p", str(PSQL.port))
        kerberos = {"kerberos": Talk(PSQL, (GSS,), (b"", b"G"))}
        yield from served(
            lab,
            (*as_user, str(programs / "postgres"), *net),
            talks(PSQL, FIFTEEN, POSTGRESQL) | kerberos,
            lambda: _asked(lab, "pg_isready", "-q", "-h", TARGET, "-p", str(PSQL.port)),
        )


def _asked(lab: Lab, *argv: str) -> bool:
    return lab.run("attacker", argv).wait() == 0


def talks(where: Where, who: Identity, pieces: dict[str, tuple[Chunk, ...]]) -> dict[str, Talk]:
    return {name: Talk(where, sends, of_ours(who, sends)) for name, sends in pieces.items()}


def served(
    lab: Lab, argv: tuple[str, ...], asked: dict[str, Talk], ready: Callable[[], bool] = lambda: True
) -> Iterator[dict[str, list[bytes]]]:
    process = lab.run("sensor", argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until(ready, STARTS_S)
        yield side_by_side(lab, asked)
    finally:
        # Both end all their processes at it, and at once.
        process.send_signal(signal.SIGQUIT)
        process.wait(STARTS_S)


MARIA: Final = living("mariadb", os="linux/debian", ver="5.5.5-10.11.19-MariaDB-0+deb12u1")
MARIADB: Final[dict[str, tuple[Chunk, ...]]] = {
    "wrong password": (answer(),),
    "nobody": (answer(user=b"nobody"),),
    "no password": (answer(secret=b""),),
    "no name": (answer(user=b"", secret=b""),),
    "odd names": (answer(user=b"a'b\\c%s{x}\xff"),),
    "long name": (answer(user=b"u" * 150),),
    "short proof": (answer(secret=b"abc"),),
    "no plug-in": (answer(caps=0xA685),),
    "another method": (answer(plugin=b"caching_sha2_password", secret=b"y" * 32), packet(b"z" * 20, 3)),
    "another method, then nothing": (answer(plugin=b"caching_sha2_password", secret=b"y" * 32), packet(b"", 3)),
    "a database": (answer(caps=0x0FA68D, more=b"shop\0"),),
    "tls": (packet(answer(caps=0xFA685 | 0x800)[4:36], 1),),
    "3.23": (answer_320(),),
    "3.23, no password": (answer_320(secret=b""),),
    "3.23, nobody": (answer_320(user=b"nobody"),),
    "empty": (packet(b"", 1),),
    "truncated": (packet(answer()[4:20], 1),),
    "no end of name": (packet(answer()[4:39], 1),),
    "out of order": (answer(sequence=0),),
    "http": (b"GET / HTTP/1.0\r\n\r\n",),
    "lines": (b"\r\n\r\n",),
    "a query": (packet(b"\3select 1", 0),),
    "a length of 2**24": (b"\xff\xff\xff\1" + bytes(100),),
}


@pytest.mark.parametrize("name", MARIADB)
def test_mariadb(mariadb, name):
    theirs, ours = mariadb[name], of_ours(MARIA, MARIADB[name])
    # The greeting and the request for another method have a salt; the greeting a version and a connection's number.
    assert len(theirs) == len(ours)
    assert [plain_mariadb(said) for said in theirs[1:]] == [plain_mariadb(said) for said in ours[1:]]


def plain_mariadb(said: bytes) -> bytes:
    return re.sub(rb"(?s)(mysql_native_password\0).{20}\0", rb"\1", said)


def test_mariadb_greets_alike(mariadb):
    theirs, ours = mariadb["wrong password"][0], of_ours(MARIA, ())[0]
    version = re.compile(rb"(?s)^.{5}([^\0]+)\0.{12}\0(....)(.)(.*?).{12}\0(mysql_native_password\0)$")
    found = [version.match(greeting) for greeting in (theirs, ours)]
    assert len({len(match[1]) + len(match[0]) for match in found}) == 1
    # Character set apart: Debian's own configuration sets another than the server's default.
    low, _, rest, plugin = zip(*(match.groups()[1:] for match in found), strict=True)
    assert low[0][:2] == low[1][:2]
    assert rest[0] == rest[1]
    assert plugin[0] == plugin[1]


def final(proof: bytes, nonce: bytes = b"") -> Callable[[bytes], bytes]:
    """The client's last message, with the nonce of the challenge or its own."""
    return lambda said: message(b"c=biws,r=" + (nonce or said[11:].partition(b",")[0]) + b",p=" + proof)


PROOF: Final = b64encode(b"x" * 32)
POSTGRESQL: Final[dict[str, tuple[Chunk, ...]]] = {
    "wrong proof": (BOB, FIRST, final(PROOF)),
    "tls first": (SSL, BOB, FIRST, final(PROOF)),
    "tls twice": (SSL, SSL),
    "cancel": (CANCEL + bytes(8),),
    "no user": (startup(b"database", b"x"),),
    "empty user": (startup(b"user", b""),),
    "protocol 2": (startup_2(),),
    "protocol 3.1": (startup(b"user", b"bob", version=0x30001),),
    "protocol 3.1, an option": (startup(b"user", b"bob", b"_pq_.foo", b"1", version=0x30001),),
    "protocol 4": (startup(b"user", b"bob", version=0x40000),),
    "http": (b"GET / HTTP/1.0\r\n\r\n",),
    "lines": (b"\r\n\r\n",),
    "length 0": (bytes(4),),
    "length 7": (b"\0\0\0\7abc",),
    "no options": (b"\0\0\0\x08\0\3\0\0",),
    "no end": (b"\0\0\0\x0c\0\3\0\0user",),
    "one zero too few": (b"\0\0\0\x11\0\3\0\0user\0bob\0",),
    "long user": (startup(b"user", b"u" * 100), FIRST, final(PROOF)),
    "another mechanism": (BOB, message(b"SCRAM-FOO\0\0\0\0\0")),
    "a plain password": (BOB, message(b"secret\0")),
    "a mechanism only named": (BOB, message(b"SCRAM-SHA-256\0\xff\xff\xff\xff")),
    "a first message that is none": (BOB, message(b"SCRAM-SHA-256\0\0\0\0\5hello")),
    "bound to nothing": (BOB, message(b"SCRAM-SHA-256\0\0\0\0\x1dp=tls-unique,,n=,r=abcdefghij")),
    "a query": (BOB, b"Q\0\0\0\x0eselect 1\0"),
    "good-bye": (BOB, b"X\0\0\0\4"),
    "a length too small": (BOB, b"p\0\0\0\2"),
    "a length too large": (BOB, b"p\0\1\x86\xa0"),
    "another's nonce": (BOB, FIRST, final(PROOF, b"foo")),
    "a proof too short": (BOB, FIRST, final(b"eHh4")),
}


@pytest.mark.parametrize("name", POSTGRESQL)
def test_postgresql(postgresql, name):
    theirs, ours = postgresql[name], of_ours(FIFTEEN, POSTGRESQL[name])
    assert [plain_postgresql(said) for said in theirs] == [plain_postgresql(said) for said in ours]


FIFTEEN: Final = living("postgresql", version="15", os="unix")


def plain_postgresql(said: bytes) -> bytes:
    """Without nonces and salts, and without lines of the source, which every minor release moves."""
    said = re.sub(rb"r=(abcde)?[\w+/]{24,},s=[\w+/=]{24}", b"r=,s=", said)
    return re.sub(rb"\0L\d+\0", b"\0L\0", re.sub(rb"(?s)^E....", b"E", said) if b"\0L" in said else said)


def test_kerberos_is_what_debians_build_has_and_ours_has_not(postgresql):
    assert postgresql["kerberos"][-1] == b"G"
    assert of_ours(FIFTEEN, (GSS,))[-1] == b"N"
