"""Redis: what clients, worms and scanners hear without the password."""

from rawspoof.core.conversation.base import Credential, Then
from tests.conversation.redis.test_resp import array
from tests.conversation.talks import converse, credentials, living, never_raises, said

OPEN = living("redis", version="7.0.15")
CLOSED = living("redis-elsewhere", ver="7.0.15")
NOAUTH = b"-NOAUTH Authentication required.\r\n"
WRONGPASS = b"-WRONGPASS invalid username-password pair or user is disabled.\r\n"


def heard(who, *chunks):
    return said(converse(who, chunks))


def test_its_version_is_told_and_its_data_is_not():
    told = heard(OPEN, array(b"INFO"))
    assert told.startswith(b"$")
    assert b"redis_version:7.0.15\r\n" in told
    size, _, text = told[1:].partition(b"\r\n")
    assert len(text) == int(size) + 2
    assert heard(OPEN, b"PING\r\n") == b"+PONG\r\n"
    worm = (b"CONFIG SET dir /var/spool/cron", b"SLAVEOF 192.0.2.9 6379", b"EVAL 'return 1' 0", b"KEYS *", b"GET a")
    assert heard(OPEN, *(command + b"\r\n" for command in worm)) == NOAUTH * len(worm)
    assert heard(CLOSED, b"INFO\r\nPING\r\nCOMMAND\r\n") == NOAUTH * 3
    assert heard(CLOSED, b"MODULE LOAD /tmp/x.so\r\n").startswith(
        b"-ERR MODULE command not allowed. If the enable-module-"
    )


def test_passwords_are_learned_and_wrong():
    replies = converse(CLOSED, [array(b"AUTH", b"foobared"), array(b"auth", b"default", b"x y"), b"AUTH a b c\r\n"])
    assert said(replies) == WRONGPASS * 2 + b"-ERR syntax error\r\n"
    assert credentials(replies) == [Credential("AUTH", b"", b"foobared"), Credential("AUTH", b"default", b"x y")]


def test_each_version_has_its_own_words():
    old, six = living("redis-elsewhere", ver="4.0.14"), living("redis-elsewhere", ver="6.0.16")
    assert heard(old, b"AUTH x\r\n") == b"-ERR invalid password\r\n"
    replies = converse(old, [b"AUTH root x\r\n"])
    assert said(replies) == b"-ERR wrong number of arguments for 'auth' command\r\n"
    assert credentials(replies) == [Credential("AUTH", b"root", b"x")]
    assert heard(old, b"hello 3\r\n") == b"-ERR unknown command 'hello'\r\n"
    assert heard(six, b"AUTH x\r\n") == b"-WRONGPASS invalid username-password pair\r\n"
    assert heard(six, b"foo a b\r\n") == b"-ERR unknown command `foo`, with args beginning with: `a`, `b`, \r\n"
    assert heard(CLOSED, b"foo a b\r\n") == b"-ERR unknown command 'foo', with args beginning with: 'a' 'b' \r\n"


def test_hello_chooses_a_protocol_only_with_the_password():
    assert heard(CLOSED, b"HELLO 3\r\n").startswith(b"-NOAUTH HELLO must be called")
    assert heard(CLOSED, b"HELLO 4\r\n") == b"-NOPROTO unsupported protocol version\r\n"
    assert heard(CLOSED, b"HELLO x\r\n") == b"-ERR Protocol version is not an integer or out of range\r\n"
    replies = converse(CLOSED, [b"HELLO 3 AUTH default secret\r\n"])
    assert (said(replies), credentials(replies)) == (WRONGPASS, [Credential("HELLO AUTH", b"default", b"secret")])
    assert heard(CLOSED, b"HELLO 3 BAR\r\n") == b"-ERR Syntax error in HELLO option 'BAR'\r\n"


def test_what_is_no_command_ends_the_connection():
    for sent, fault in ((b"*99999999999\r\n", b"invalid multibulk length"), (b"*1\r\n$-2\r\n", b"invalid bulk length")):
        replies = converse(CLOSED, [sent + b"PING\r\n"])
        assert (said(replies), replies[-1].then) == (b"-ERR Protocol error: " + fault + b"\r\n", Then.CLOSE)
    replies = converse(CLOSED, [b"x" * 20000])
    assert said(replies) == b"-ERR Protocol error: too big inline request\r\n"
    assert converse(CLOSED, [b"QUIT\r\n"])[-1] == (
        b"+OK\r\n",
        Then.CLOSE,
        0.0,
        converse(CLOSED, [b"QUIT\r\n"])[-1].notes,
    )


def test_a_browser_gets_an_error_and_no_more():
    replies = converse(CLOSED, [b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"])
    assert (said(replies), replies[-1].then) == (b"-ERR wrong number of arguments for 'get' command\r\n", Then.CLOSE)
    assert converse(CLOSED, [b"POST / HTTP/1.1\r\n"])[-1].then is Then.CLOSE


def test_names_of_no_command_are_quoted_in_one_short_line():
    told = heard(CLOSED, array(b"a\r\n+OK" * 50, b"b" * 5000, b"c"))
    assert told.count(b"\n") == 1
    assert len(told) < 400


def test_any_bytes_are_borne():
    words = (b"*1\r\n", b"*2\r\n", b"$4\r\n", b"$-1\r\n", b"AUTH", b"HELLO 3 AUTH", b" a ", b"\r\n", b"PING\r\n", b'"')
    for who in (OPEN, CLOSED, living("redis-elsewhere", ver="4.0.14")):
        never_raises(who, *words, examples=30)
