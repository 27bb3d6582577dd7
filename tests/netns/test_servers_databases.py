"""What Debian's MariaDB and PostgreSQL say to a client's bytes, and what ours say to the same.

Both are asked from the same address. What differs on purpose is taken out of both by `plain`, and nothing else.
"""

import re
import shutil
import signal
import socket
import subprocess
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pytest

from rawspoof.core.conversation.visit import Visit
from rawspoof.core.conversation.which import conversation
from rawspoof.core.signature.identity import Identity
from rawspoof.edges.lab.namespaces import Lab
from tests.conversation.mysql.test_speaker import answer, answer_320, packet
from tests.conversation.postgresql.test_speaker import BOB, CANCEL, FIRST, GSS, SSL, message, startup, startup_2
from tests.conversation.talks import NOON, living
from tests.netns.sensors import until
from tests.netns.taps import SOURCE, TARGET

pytestmark = pytest.mark.netns

READY_S: Final = 15.0
QUIET_S: Final = 0.1
FIRST_S: Final = 1.0
"""A server that has not answered by then waits for more."""

Chunk = bytes | Callable[[bytes], bytes]
"""What is sent, or what to make of the last answer."""


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab() as both:
        yield both


@pytest.fixture(scope="module")
def mariadb(lab: Lab) -> Iterator[int]:
    """The port of a server that knows one user."""
    with TemporaryDirectory(prefix="rawspoof-test-") as folder:
        where = ("--no-defaults", f"--datadir={folder}/data", "--user=root", "--innodb-log-file-size=4M")
        made = ("mariadb-install-db", *where, "--auth-root-authentication-method=normal", "--skip-test-db")
        subprocess.run(made, check=True, capture_output=True)
        users = Path(folder, "users.sql")
        users.write_text("CREATE USER bob@'%' IDENTIFIED BY 'another';\n")
        net = (f"--bind-address={TARGET}", "--port=33060", "--skip-name-resolve", f"--socket={folder}/socket")
        yield from serving(lab, 33060, ("mariadbd", *where, *net, f"--init-file={users}"))


@pytest.fixture(scope="module")
def postgresql(lab: Lab) -> Iterator[int]:
    """The port of a server that wants SCRAM of everybody, with Debian's defaults for all else."""
    (programs,) = Path("/usr/lib/postgresql").glob("*/bin")
    as_user = ("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups")
    with TemporaryDirectory(prefix="rawspoof-test-") as folder:
        shutil.chown(folder, "postgres")
        made = (*as_user, programs / "initdb", "-D", f"{folder}/data", "-N", "-A", "trust", "--locale=C")
        subprocess.run(made, check=True, capture_output=True, cwd=folder)
        Path(folder, "data/pg_hba.conf").write_text("host all all all scram-sha-256\n")
        net = ("-D", f"{folder}/data", "-k", folder, "-h", TARGET, "-p", "54320")
        yield from serving(lab, 54320, (*as_user, str(programs / "postgres"), *net))


def serving(lab: Lab, port: int, argv: tuple[str, ...]) -> Iterator[int]:
    process = lab.run("sensor", argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def ready() -> bool:
        assert process.poll() is None
        try:
            # "The database system is starting up."
            return b"57P03" not in of_theirs(lab, port, (BOB,))[-1]
        except ConnectionRefusedError:
            return False

    until(ready, READY_S)
    yield port
    # Both end all their processes at it, and at once.
    process.send_signal(signal.SIGQUIT)
    process.wait(READY_S)


def of_theirs(lab: Lab, port: int, chunks: tuple[Chunk, ...]) -> list[bytes]:
    """The answers of a real server, the greeting first; `<end>` where it closes."""
    with lab.inside("attacker"), socket.create_connection((TARGET, port), 5.0) as client:
        heard = [_read(client)]
        for chunk in chunks:
            if heard[-1].endswith(b"<end>"):
                break
            client.sendall(chunk if isinstance(chunk, bytes) else chunk(heard[-1]))
            heard.append(_read(client))
    return heard


def _read(client: socket.socket) -> bytes:
    heard = b""
    # A busy machine may take its time for the first byte; the others follow closely.
    client.settimeout(FIRST_S)
    try:
        while data := client.recv(65536):
            heard += data
            client.settimeout(QUIET_S)
    except TimeoutError:
        return heard
    except ConnectionResetError:
        pass
    return heard + b"<end>"


def of_ours(who: Identity, chunks: tuple[Chunk, ...]) -> list[bytes]:
    spoken = conversation(Visit(who, socket.inet_aton(SOURCE), 7))
    replies = [spoken.opened(NOON)]
    heard = [replies[0].data]
    for chunk in chunks:
        if heard[-1].endswith(b"<end>"):
            break
        reply = spoken.heard(chunk if isinstance(chunk, bytes) else chunk(heard[-1]), NOON)
        heard.append(reply.data + b"<end>" * (reply.then.value == "close"))
    return heard


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
def test_mariadb(lab, mariadb, name):
    theirs, ours = of_theirs(lab, mariadb, MARIADB[name]), of_ours(MARIA, MARIADB[name])
    # The greeting and the request for another method have a salt; the greeting a version and a connection's number.
    assert len(theirs) == len(ours)
    assert [plain_mariadb(said) for said in theirs[1:]] == [plain_mariadb(said) for said in ours[1:]]


def plain_mariadb(said: bytes) -> bytes:
    return re.sub(rb"(?s)(mysql_native_password\0).{20}\0", rb"\1", said)


MARIA: Final = living("mariadb", os="linux/debian", ver="5.5.5-10.11.19-MariaDB-0+deb12u1")


def test_mariadb_greets_alike(lab, mariadb):
    (theirs,), (ours,) = of_theirs(lab, mariadb, ()), of_ours(MARIA, ())
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
def test_postgresql(lab, postgresql, name):
    theirs, ours = of_theirs(lab, postgresql, POSTGRESQL[name]), of_ours(FIFTEEN, POSTGRESQL[name])
    assert [plain_postgresql(said) for said in theirs] == [plain_postgresql(said) for said in ours]


FIFTEEN: Final = living("postgresql", version="15", os="unix")


def plain_postgresql(said: bytes) -> bytes:
    """Without nonces and salts, and without lines of the source, which every minor release moves."""
    said = re.sub(rb"r=(abcde)?[\w+/]{24,},s=[\w+/=]{24}", b"r=,s=", said)
    return re.sub(rb"\0L\d+\0", b"\0L\0", re.sub(rb"(?s)^E....", b"E", said) if b"\0L" in said else said)


def test_kerberos_is_what_debians_build_has_and_ours_has_not(lab, postgresql):
    assert of_theirs(lab, postgresql, (GSS,))[-1] == b"G"
    assert of_ours(FIFTEEN, (GSS,))[-1] == b"N"
