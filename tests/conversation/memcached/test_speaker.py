"""memcached by text: what is told, what is not found, what finds no memory."""

from rawspoof.core.conversation.base import Credential, Request, Then
from tests.conversation.memcached.test_binary import packet
from tests.conversation.talks import converse, credentials, living, never_raises, said

WHO = living("memcached", version="1.6.18")


def heard(*chunks):
    return said(converse(WHO, chunks))


def test_version_and_statistics():
    assert heard(b"version\r\n") == b"VERSION 1.6.18\r\n"
    told = heard(b"stats\r\n")
    assert b"STAT version 1.6.18\r\n" in told
    assert told.endswith(b"END\r\n")
    assert heard(b"stats items\r\n") == b"END\r\n"


def test_nothing_is_there():
    asked = b"get a\r\ngets a b\r\ndelete a\r\nincr a 1\r\ntouch a 0\r\nmg a v\r\nmn\r\n"
    assert heard(asked) == b"END\r\nEND\r\nNOT_FOUND\r\nNOT_FOUND\r\nNOT_FOUND\r\nEN\r\nMN\r\n"
    assert heard(b"get\r\nfoo\r\n\r\n") == b"ERROR\r\nERROR\r\nERROR\r\n"
    assert heard(b"incr a b\r\n") == b"CLIENT_ERROR invalid numeric delta argument\r\n"
    assert heard(b"get " + b"k" * 251 + b"\r\n") == b"CLIENT_ERROR bad command line format\r\n"


def test_what_is_to_be_kept_is_taken_in_and_finds_no_memory():
    replies = converse(WHO, [b"set a 0 0 5\r\nhel", b"lo\r\nversion\r\n"])
    assert said(replies) == b"SERVER_ERROR out of memory storing object\r\nVERSION 1.6.18\r\n"
    assert replies[-1].notes[0] == Request(b"set a 0 0 5\r\nhello\r\n")
    assert heard(b"set a 0 0 5 noreply\r\nhello\r\n") == b""
    assert heard(b"replace a 0 0 1\r\nx\r\n") == b"NOT_STORED\r\n"
    assert heard(b"set a 0 0 2\r\nhello\r\n").startswith(b"CLIENT_ERROR bad data chunk\r\n")


def test_large_items_go_by():
    assert heard(b"set a 0 0 100000\r\n" + b"x" * 100000 + b"\r\nversion\r\n").endswith(b"VERSION 1.6.18\r\n")
    assert heard(b"set a 0 0 2000000\r\n").startswith(b"SERVER_ERROR object too large for cache\r\n")
    assert heard(b"set a 0 0 -1\r\n") == b"CLIENT_ERROR bad command line format\r\n"
    assert heard(b"set a 0 0\r\n") == b"ERROR\r\n"


def test_both_protocols_on_one_port():
    replies = converse(WHO, [packet(0x21, b"PLAIN", b"\0u\0p"), b"version\r\n", b"quit\r\n"])
    assert credentials(replies) == [Credential("PLAIN", b"u", b"p")]
    assert replies[2].data == b"VERSION 1.6.18\r\n"
    assert replies[3].then is Then.CLOSE


def test_a_line_without_end_is_too_large():
    assert heard(b"x" * 20000) == b"ERROR too large\r\n"


def test_any_bytes_are_borne():
    words = (
        b"set a 0 0 3\r\n",
        b"set a 0 0 9999999999\r\n",
        b"get a\r\n",
        b"stats\r\n",
        b"\x80",
        packet(0x10),
        b"\r\n",
    )
    never_raises(WHO, *words)
