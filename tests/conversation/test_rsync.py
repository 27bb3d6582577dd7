"""An rsync daemon: modules are listed, and no user gets into one."""

import pytest

from rawspoof.core.conversation.base import Credential, Then
from rawspoof.core.conversation.rsync import Rsync
from tests.conversation.talks import converse, credentials, living, never_raises, said

WHO = living("rsync", proto="31.0 sha512 sha256 sha1 md5 md4")
OLD = living("rsync", proto="31.0")
HELLO = b"@RSYNCD: 31.0 sha512 sha256 sha1 md5 md4\n"


@pytest.mark.parametrize("ask", [b"\n", b"#list\n"])
def test_modules_are_listed(ask):
    replies = converse(WHO, [HELLO, ask])
    assert said(replies[1:]) == b"backup         \tnightly backups\nexport         \texports\n@RSYNCD: EXIT\n"
    assert replies[-1].then is Then.CLOSE


def test_a_module_wants_a_user_and_takes_none():
    replies = converse(WHO, [HELLO + b"backup\n", b"root c2VjcmV0\n"])
    word, code, challenge = replies[1].data.split()
    assert (word, code, len(challenge)) == (b"@RSYNCD:", b"AUTHREQD", 86)
    assert replies[2].data == b"@ERROR: auth failed on module backup\n"
    assert credentials(replies) == [Credential("rsync sha512", b"root", challenge + b":c2VjcmV0")]


@pytest.mark.parametrize(
    ("hello", "method", "size"),
    [
        (b"@RSYNCD: 31.0\n", "rsync md5", 22),
        (b"@RSYNCD: 29\n", "rsync md4", 22),
        (b"@RSYNCD: 31.0 sha1\n", "rsync md5", 22),
    ],
)
def test_old_versions_prove_themselves_by_older_digests(hello, method, size):
    replies = converse(OLD, [hello, b"export\n", b"u p\n"])
    assert len(replies[2].data.split()[2]) == size
    assert [c.method for c in credentials(replies)] == [method]


def test_what_is_not_there_is_not_there():
    assert said(converse(WHO, [HELLO, b"etc\n"])[1:]) == b"@ERROR: Unknown module 'etc'\n"
    assert said(converse(WHO, [HELLO, b"#foo\n"])[1:]) == b"@ERROR: Unknown command '#foo'\n"
    assert said(converse(WHO, [b"@RSYNCD: 31.0 sha9\n", b"export\n"])[1:]) == (
        b"@ERROR: your client does not support one of our daemon-auth checksums: sha512 sha256 sha1 md5 md4\n"
    )


@pytest.mark.parametrize("foreign", [b"GET / HTTP/1.0\r\n", b"@RSYNCD: x\n", b"\n", b"root\n"])
def test_what_is_no_version_is_an_error(foreign):
    reply = converse(WHO, [foreign])[-1]
    assert (reply.data, reply.then) == (b"@ERROR: protocol startup error\n", Then.CLOSE)


def test_any_bytes_are_borne():
    assert Rsync.requests_max < 100
    never_raises(WHO, HELLO, b"@RSYNCD: 29\n", b"backup\n", b"#list\n", b"#early_input=5\n", b"\n")
