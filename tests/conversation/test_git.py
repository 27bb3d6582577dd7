"""A git daemon that exports nothing."""

from rawspoof.core.conversation.base import Then
from rawspoof.core.conversation.git import Git
from rawspoof.core.conversation.visit import Visit
from tests.conversation.talks import converse, living, never_raises, said

WHO = living("git-daemon")


def line(text):
    return b"%04x%b" % (len(text) + 4, text)


def test_no_repository_is_there_for_anybody():
    for verb in (b"upload-pack", b"receive-pack", b"upload-archive"):
        reply = converse(WHO, [line(b"git-%b /project.git\0host=192.0.2.1\0" % verb)])[-1]
        assert reply.data == line(b"ERR access denied or repository not exported: /project.git")
        assert reply.then is Then.CLOSE


def test_a_request_is_cut_by_its_length():
    asked = line(b"git-upload-pack /a\0host=b\0\0version=2\0")
    frame = Git(Visit(WHO)).frame
    assert frame(bytearray(asked + b"0000")) == (asked, len(asked), False)
    assert frame(bytearray(asked[:-1])) is None
    assert frame(bytearray(b"0000")) == (b"0000", 4, False)
    assert frame(bytearray(b"ffff")) == (b"ffff", 4, True)


def test_what_is_no_git_is_told_so():
    reply = converse(WHO, [b"GET / HTTP/1.0\r\n\r\n"])[-1]
    assert reply.data.startswith(b"0077ERR \n  Your Git client has made an invalid request:")
    assert converse(WHO, [b"0000"])[-1].then is Then.CLOSE
    assert len(said(converse(WHO, [line(b"git-upload-pack /" + b"x" * 5000)]))) < 1200


def test_any_bytes_are_borne():
    never_raises(WHO, b"0032", b"git-upload-pack /a\0host=b\0", b"\n\r\n", b"GET ", line(b"git-upload-pack /a\0"))
