"""MySQL's connection phase: whose method, which salt, what is said to a wrong password and to what is no client."""

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding

from rawspoof.core.conversation.base import Credential, Then
from rawspoof.core.conversation.mysql import Mysql
from rawspoof.core.conversation.mysql.packets import greeting
from rawspoof.core.conversation.visit import Visit
from tests.conversation.talks import NOON, PEER, converse, credentials, living, never_raises, talk

OLD = living("mysql-4-0")
FIVE = living("mysql-5-1")
EIGHT = living("mysql", plugin="caching_sha2_password")
MARIA = living("mariadb", ver="5.5.5-10.11.2-MariaDB")
REFUSING = living("mysql-refusing")
CAPS = 0x0FA685
CAPS_SSL = CAPS | 0x800


def packet(body, sequence):
    return len(body).to_bytes(3, "little") + bytes([sequence]) + body


def answer(user=b"bob", secret=b"x" * 20, plugin=b"mysql_native_password", caps=CAPS, sequence=1, more=b""):
    body = (
        caps.to_bytes(4, "little") + b"\0\0\0\1\x21" + bytes(23) + user + b"\0" + bytes([len(secret)]) + secret + more
    )
    return packet(body + (plugin + b"\0" if caps & 1 << 19 else b""), sequence)


def answer_320(user=b"bob", secret=b"abcdefgh"):
    return packet(b"\5\0\0\0\0" + user + b"\0" + secret + b"\0", 1)


def error(code, text, state=b"", sequence=2):
    return packet(b"\xff" + code.to_bytes(2, "little") + (b"#" + state if state else b"") + text, sequence)


def salt(who):
    raw = talk(who).opened(NOON).data
    read = greeting(raw, bytes(20), True)
    found = raw.index(b"\0", 5) + 5
    return raw[found : found + 8] + (raw[found + 27 : found + 39] if len(read.salt) == 20 else b"")


DENIED = b"Access denied for user '%s'@'192.0.2.7' (using password: %s)"
UPGRADE = b"Client does not support authentication protocol requested by server; consider upgrading %s client"


@pytest.mark.parametrize("who", [FIVE, MARIA, living("mariadb-org"), living("sphinxql"), living("drizzle")])
def test_a_wrong_password_is_refused_to_the_clients_face(who):
    hello, last = converse(who, [answer()])
    assert (last.data, last.then) == (error(1045, DENIED % (b"bob", b"YES"), b"28000"), Then.CLOSE)
    assert len(hello.data) == who.greet.size
    assert credentials([last]) == [
        Credential("mysql_native_password", b"bob", f"{salt(who).hex()}:{(b'x' * 20).hex()}".encode())
    ]


def test_no_password_is_told_apart():
    last = converse(MARIA, [answer(secret=b"")])[-1]
    assert last.data == error(1045, DENIED % (b"bob", b"NO"), b"28000")
    assert credentials([last]) == [Credential("password", b"bob", b"")]


def test_names_are_cut_and_made_text():
    assert DENIED % (b"u" * 128, b"YES") in converse(MARIA, [answer(user=b"u" * 200)])[-1].data
    assert DENIED % (b"u" * 16, b"YES") in converse(FIVE, [answer(user=b"u" * 200)])[-1].data
    assert DENIED % (b"??%s{}", b"YES") in converse(MARIA, [answer(user=b"\xff\xfe%s{}")])[-1].data


def test_each_connection_has_a_salt_of_its_own():
    first, second, again = (talk(MARIA, dice).opened(at).data for dice, at in ((1, NOON), (2, NOON), (1, NOON + 60)))
    where = slice(first.index(b"\0", 5) + 5, None)
    assert first[where] != second[where]
    assert first[where] == again[where]
    assert first != again
    assert b"\0" not in salt(MARIA)


def test_a_client_of_another_method_is_asked_to_change():
    _, ask, last = converse(MARIA, [answer(plugin=b"caching_sha2_password", secret=b"y" * 32), packet(b"z" * 20, 3)])
    assert ask.data == packet(b"\xfemysql_native_password\0" + salt(MARIA) + b"\0", 2)
    assert last.data == error(1045, DENIED % (b"bob", b"YES"), b"28000", 4)
    assert credentials([last])[0].secret.endswith(b":" + (b"z" * 20).hex().encode())


def test_mysql_8_asks_for_the_password_itself_and_opens_what_hides_it():
    spoken = talk(EIGHT)
    spoken.opened(NOON)
    full = spoken.heard(answer(plugin=b"caching_sha2_password", secret=b"y" * 32), NOON)
    assert full.data == packet(b"\1\4", 2)
    assert credentials([full])[0].method == "caching_sha2_password"
    key = spoken.heard(packet(b"\2", 3), NOON).data
    assert key[4:5] == b"\1"
    public = serialization.load_pem_public_key(key[5:])
    masked = bytes(a ^ b for a, b in zip(b"s3cret\0", salt(EIGHT), strict=False))
    hidden = public.encrypt(masked, padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None))
    last = spoken.heard(packet(hidden, 5), NOON)
    assert last.data == error(1045, DENIED % (b"bob", b"YES"), b"28000", 6)
    assert credentials([last]) == [Credential("password", b"bob", b"s3cret")]


def test_mysql_8_switches_native_clients_and_turns_older_ones_away():
    ask = converse(EIGHT, [answer()])[-1]
    assert ask.data == packet(b"\xfecaching_sha2_password\0" + salt(EIGHT) + b"\0", 2)
    last = converse(EIGHT, [answer(caps=CAPS & ~(1 << 19))])[-1]
    assert last.data == error(1251, UPGRADE % b"MySQL", b"08004")
    assert credentials([last])[0].method == "mysql_native_password"


def test_clients_from_before_4_1():
    assert converse(MARIA, [answer_320()])[-1].data == error(1251, UPGRADE % b"MariaDB")
    assert converse(MARIA, [answer_320(secret=b"")])[-1].data == error(1045, DENIED % (b"bob", b"NO"))
    last = converse(OLD, [answer_320()])[-1]
    assert last.data == error(1045, b"Access denied for user: 'bob@192.0.2.7' (Using password: YES)")
    assert credentials([last])[0].method == "mysql_old_password"


@pytest.mark.parametrize(
    "body", [b"", b"abc", answer()[4:20], answer()[4:40], answer(secret=b"abc")[4:], answer(secret=b"x" * 251)[4:50]]
)
def test_what_ends_too_early_is_a_bad_handshake(body):
    last = converse(MARIA, [packet(body, 1)])[-1]
    assert (last.data, last.then) == (error(1043, b"Bad handshake", b"08S01"), Then.CLOSE)


@pytest.mark.parametrize("data", [answer(sequence=0), b"GET / HTTP/1.0\r\n\r\n", packet(b"\3select 1", 0)])
def test_what_is_out_of_order_is_told_so(data):
    last = converse(EIGHT, [data])[-1]
    assert (last.data, last.then) == (error(1156, b"Got packets out of order", b"08S01", 1), Then.CLOSE)


def test_mariadb_sees_a_proxy_in_empty_lines():
    assert b"#HY000Proxy header is not accepted from 192.0.2.7" in converse(MARIA, [b"\r\n\r\n"])[-1].data


def test_a_packet_without_end_is_waited_for_and_then_left():
    assert [r.then for r in converse(MARIA, [b"\xff\xff\xff\1" + bytes(100)])] == [Then.LISTEN, Then.LISTEN]
    assert converse(MARIA, [b"\xff\xff\xff\1" + bytes(17000)])[-1].then is Then.CLOSE


def test_a_server_that_refused_hangs_up_on_who_answers():
    last = converse(REFUSING, [answer()])[-1]
    assert (last.data, last.then) == (b"", Then.CLOSE)


class Willing:
    """An engine that nobody gets to."""

    def tls(self, name, era):
        raise AssertionError


def test_tls_is_offered_where_there_is_some_and_then_the_password_comes_in_clear():
    speaker = Mysql(Visit(EIGHT, PEER, 7, engines=Willing()))
    greeted = speaker.greet(NOON)
    low = greeted.index(b"\0", 5) + 14
    assert greeted[low + 1] & 8
    assert not talk(EIGHT).opened(NOON).data[low + 1] & 8
    asks = packet(answer(caps=CAPS_SSL)[4:36], 1)
    assert speaker.answer(asks, NOON).then is Then.SECURE
    full = speaker.answer(answer(plugin=b"caching_sha2_password", secret=b"y" * 32, caps=CAPS_SSL, sequence=2), NOON)
    assert full.data == packet(b"\1\4", 3)
    last = speaker.answer(packet(b"s3cret\0", 4), NOON)
    assert last.notes == (Credential("password", b"bob", b"s3cret"),)
    # Without an engine it is a client that says too little.
    assert b"Bad handshake" in converse(EIGHT, [asks])[-1].data


@pytest.mark.parametrize("who", [OLD, EIGHT, MARIA, REFUSING])
def test_it_never_breaks(who):
    words = (answer(), answer_320(), answer(caps=CAPS_SSL, sequence=2), packet(b"\2", 3), packet(b"x" * 20, 3))
    shas = answer(plugin=b"caching_sha2_password", secret=b"y" * 32)
    never_raises(who, *words, shas, packet(bytes(256), 5), b"\xff\xff\xff\1", b"\0\0\0\1", b"\r\n\r\n", examples=25)
