"""Redis, memcached, rsync and git as Debian has them hear what our speakers hear, and say what ours say.

The real ones listen on the loopback of a lab's side, with folders of their own. Where we differ on purpose it is
written down here.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from rawspoof.core.signature.identity import Identity
from rawspoof.edges.lab.namespaces import Lab
from tests.conversation.talks import living
from tests.netns.sensors import open_folder
from tests.netns.servers import Talk, Where, of_ours, side_by_side

pytestmark = pytest.mark.netns

HERE: Final = "127.0.0.1"
REDIS, MEMCACHED, RSYNC, GIT = 6379, 11211, 873, 9418

WHO: Final[dict[int, Identity]] = {
    REDIS: living("redis-elsewhere", ver="7.0.15"),
    MEMCACHED: living("memcached", ver="1.6.18"),
    RSYNC: living("rsync", proto="32.0 sha512 sha256 sha1 md5 md4"),
    GIT: living("git-daemon"),
}
HELLO: Final = b"@RSYNCD: 31.0 sha512 sha256 sha1 md5 md4\n"


class Script(NamedTuple):
    """What one connection hears, piece by piece."""

    port: int
    sends: tuple[bytes, ...]
    differ: dict[bytes, tuple[bytes, bytes]] = {}  # noqa: RUF012
    """Pieces that are answered differently on purpose: how the real answer and ours begin."""

    def ours(self) -> list[bytes]:
        return of_ours(WHO[self.port], self.sends)

    def talk(self) -> Talk:
        """With the real server."""
        greeting, *answers = self.ours()
        wanted = [
            self.differ[piece][0] if piece in self.differ else said
            for piece, said in zip(self.sends, answers, strict=True)
        ]
        return Talk(Where(self.port, HERE), self.sends, (greeting, *wanted))


SCRIPTS: Final = {
    "redis commands": Script(
        REDIS,
        (
            *(b"PING\r\n", b"ping a\r\n", b"INFO\r\n", b"*1\r\n$4\r\ninfo\r\n", b"GET a\r\n", b"get\r\n", b"SET a\r\n"),
            *(b"CONFIG GET *\r\n", b"CONFIG\r\n", b"KEYS *\r\n", b"FLUSHALL\r\n", b"SLAVEOF 192.0.2.1 6379\r\n"),
            *(
                b"MODULE LOAD /tmp/a.so\r\n",
                b"EVAL 'return 1' 0\r\n",
                b"EVAL\r\n",
                b"SCRIPT LOAD x\r\n",
                b"COMMAND\r\n",
            ),
            *(b"CLIENT LIST\r\n", b"SAVE\r\n", b"DEBUG SLEEP 1\r\n", b"SELECT 1\r\n", b"MONITOR\r\n", b"DBSIZE\r\n"),
            *(
                b"PSYNC ? -1\r\n",
                b"REPLCONF a b\r\n",
                b"MIGRATE a\r\n",
                b"foo a 'b c'\r\n",
                b"FOO\r\n",
                b"\r\n",
                b"*0\r\n",
            ),
            *(
                b"*1\r\n$0\r\n\r\n",
                b"*2\r\n$3\r\nfoo\r\n$2\r\n\r\n\r\n",
                b'foo "a\\x0ab"\r\n',
                b"foo " + b"x" * 300 + b"\r\n",
            ),
        ),
    ),
    "redis login": Script(
        REDIS,
        (
            *(b"AUTH wrong\r\n", b"AUTH default wrong\r\n", b"*2\r\n$4\r\nauth\r\n$1\r\nx\r\n", b"AUTH\r\n"),
            *(b"AUTH a b c\r\n", b"HELLO\r\n", b"HELLO 3\r\n", b"HELLO 4\r\n", b"HELLO x\r\n", b"HELLO 3 AUTH a b\r\n"),
            *(b"HELLO 3 FOO\r\n", b"HELLO 3 AUTH a\r\n", b"HELLO 3 SETNAME a\r\n", b"QUIT\r\n"),
        ),
    ),
    **{
        f"redis fault {n}": Script(REDIS, (sent,))
        for n, sent in enumerate(
            (
                *(b"*x\r\n", b"*99999999999\r\n", b"*11\r\n", b"*1\r\n:1\r\n", b"*1\r\n$-1\r\n", b"*1\r\n$99999\r\n"),
                *(b'get "a\r\n', b"POST / HTTP/1.1\r\n", b"*1\r\n$x\r\n"),
            )
        )
    },
    # Redis answers once it has looked at all that came, ours each command by itself, however they came.
    "redis browser": Script(
        REDIS,
        (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",),
        {b"GET / HTTP/1.1\r\nHost: a\r\n\r\n": (b"", b"-ERR wrong number of arguments for 'get' command\r\n")},
    ),
    "memcached text": Script(
        MEMCACHED,
        (
            *(
                b"version\r\n",
                b"get a\r\n",
                b"gets a b\r\n",
                b"get\r\n",
                b"delete a\r\n",
                b"delete\r\n",
                b"incr a 1\r\n",
            ),
            *(b"incr a x\r\n", b"incr a\r\n", b"touch a 1\r\n", b"mg a v\r\n", b"mn\r\n", b"md a\r\n", b"foo\r\n"),
            *(b"verbosity 1\r\n", b"set a 0 0\r\n", b"replace a 0 0 1\r\nx\r\n", b"append a 0 0 1\r\nx\r\n"),
            *(b"cas a 0 0 1 5\r\nx\r\n", b"set a 0 0 -1\r\n", b"get " + b"k" * 251 + b"\r\n", b"flush_all\r\n"),
            *(b"gat 0 a\r\n", b"shutdown\r\n", b"set b 0 0 2\r\nxyz\r\n", b"set c 0 0 1\r\nx\r\n", b"quit\r\n"),
        ),
        {b"set c 0 0 1\r\nx\r\n": (b"STORED\r\n", b"SERVER_ERROR out of memory storing object\r\n")},
    ),
    "memcached foreign": Script(MEMCACHED, (b"GET / HTTP/1.0\r\n\r\n",)),
    "memcached binary": Script(
        MEMCACHED,
        (
            b"\x80\x0b" + bytes(10) + b"abcd" + bytes(8),
            b"\x80\x0a" + bytes(10) + b"abcd" + bytes(8),
            b"\x80\0\0\1\0\0\0\0\0\0\0\1abcd" + bytes(8) + b"k",
            b"\x80\x99" + bytes(10) + b"abcd" + bytes(8),
        ),
    ),
    "rsync list": Script(RSYNC, (HELLO, b"#list\n")),
    "rsync module": Script(RSYNC, (HELLO, b"etc\n")),
    "rsync login": Script(
        RSYNC,
        (HELLO, b"backup\n", b"root c2VjcmV0\n"),
        {b"backup\n": (b"@RSYNCD: AUTHREQD ", b"@RSYNCD: AUTHREQD ")},
    ),
    "rsync md5": Script(
        RSYNC, (b"@RSYNCD: 31.0 md5\n", b"export\n", b"a b\n"), {b"export\n": (b"@RSYNCD: AUTHREQD ",) * 2}
    ),
    "rsync digests": Script(RSYNC, (b"@RSYNCD: 31.0 foo\n", b"export\n")),
    "rsync foreign": Script(RSYNC, (b"GET / HTTP/1.0\r\n\r\n",)),
    "rsync command": Script(RSYNC, (HELLO, b"#foo\n")),
    "git upload": Script(GIT, (b"0029git-upload-pack /a.git\0host=127.0.0.1\0",)),
    "git receive": Script(GIT, (b"002agit-receive-pack /a.git\0host=127.0.0.1\0",)),
    "git flush": Script(GIT, (b"0000",)),
}


@pytest.fixture(scope="module")
def heard() -> Iterator[dict[str, list[bytes]]]:
    """What the real servers said to every script: an answer a piece."""
    with open_folder() as folder, Lab() as lab:
        _start(lab, folder)
        yield side_by_side(lab, {name: script.talk() for name, script in SCRIPTS.items()})


def _start(lab: Lab, folder: Path) -> None:
    (folder / "backup").mkdir()
    (folder / "secrets").write_text("somebody:else\n")
    (folder / "secrets").chmod(0o600)
    modules = "".join(
        f"[{name}]\npath = {folder}/backup\ncomment = {text}\nauth users = somebody\nsecrets file = {folder}/secrets\n"
        for name, text in (("backup", "nightly backups"), ("export", "exports"))
    )
    (folder / "rsyncd.conf").write_text(f"use chroot = no\nlog file = {folder}/rsync.log\n{modules}")
    with (folder / "said").open("wb") as said:
        for argv in (
            ("redis-server", "--port", REDIS, "--bind", HERE, "--requirepass", "else", "--save", "", "--dir", folder),
            ("memcached", "-l", HERE, "-p", MEMCACHED, "-U", 0, "-u", "nobody"),
            ("rsync", "--daemon", "--no-detach", f"--config={folder}/rsyncd.conf", f"--port={RSYNC}"),
            ("git", "daemon", f"--listen={HERE}", f"--base-path={folder}", folder),
        ):
            lab.run("attacker", [str(word) for word in argv], stdout=said, stderr=said)


@pytest.mark.parametrize("name", SCRIPTS)
def test_ours_says_what_the_real_one_says(heard, name):
    script = SCRIPTS[name]
    for piece, theirs, ours in zip(script.sends, heard[name][1:], script.ours()[1:], strict=True):
        if piece in script.differ:
            real, fake = script.differ[piece]
            assert (theirs[: len(real)], ours[: len(fake)]) == (real, fake), piece
        else:
            assert ours == theirs, piece


def test_challenges_are_of_a_length(heard):
    """A client makes its proof of them whatever they are; they are chance in both."""
    for name in ("rsync login", "rsync md5"):
        ours = SCRIPTS[name].ours()
        assert len(heard[name][2]) == len(ours[2])
        assert re.fullmatch(rb"@RSYNCD: AUTHREQD [A-Za-z0-9+/]+\n", ours[2])


def test_rsync_greets_with_its_digests(heard):
    assert heard["rsync list"][0] == SCRIPTS["rsync list"].ours()[0]
