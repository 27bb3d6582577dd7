"""Conversations inside TLS: with a real client's TLS, with an engine that only marks its bytes, with garbage."""

import ssl
from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rawspoof.core.conversation.base import Hello, Refused, Reply, Request, Then
from rawspoof.core.conversation.client_hello import WIRE_MAX
from rawspoof.core.conversation.engines import Papers, Step
from rawspoof.core.conversation.secured import HANDSHAKE_S, LOOK_AGAIN_S, TOO_LONG, Secured
from rawspoof.core.conversation.speaker import Speaker
from rawspoof.core.conversation.visit import Visit
from rawspoof.core.signature.identity import Identity
from rawspoof.core.signature.template import Later, Template
from rawspoof.edges.crypto.engines import CryptoEngines
from tests.conversation.hellos import body, chrome, records

NOON = 1735732800.0
FACTS = {"host": b"mx1", "fqdn": b"mx1.oakfield.lan", "domain": b"oakfield.lan"}
HELLO = records(chrome())
PAGE = "HTTP/1.1 400 Bad Request\r\n\r\nspeak TLS"
REAL = CryptoEngines(bytes(32))


class Toy:
    """TLS for people without secrets: any first bytes are a handshake, and what is said is put in brackets."""

    def __init__(self, waits: bool = False) -> None:
        self.waits, self.ready = waits, False

    def hear(self, data: bytes) -> Step:
        if not self.ready:
            self.ready = True
            return Step(b"<flight>", b"", data[:1] != b"\x16")
        return Step(b"", data.replace(b"!", b""), b"!" in data)

    def say(self, plain: bytes) -> bytes:
        return b"<" + plain + b">"

    def close(self) -> bytes:
        return b"<bye>"


class Toys:
    """An engine that gives toys, or nothing at all."""

    def __init__(self, refuses: bool = False, waits: bool = False) -> None:
        self._refuses, self._waits = refuses, waits
        self.asked: list[Papers] = []
        self.given = Toy()

    def tls(self, papers: Papers, at: float) -> Toy | None:
        self.asked.append(papers)
        self.given = Toy(self._waits)
        return None if self._refuses else self.given


class Mail(Speaker):
    """Greets, answers lines, goes over to TLS, and has something that takes its time."""

    patience_s = 40.0

    def answer(self, request: bytes, at: float) -> Reply | None:
        if request == b"STARTTLS" and self.visit.starttls:
            return Reply(b"go\r\n", Then.SECURE)
        if request == b"AUTH":
            return Reply(b"wait\r\n", Then.MORE, 2.0)
        return Reply(request + b"?\r\n", Then.CLOSE if request == b"QUIT" else Then.LISTEN)

    def more(self, at: float) -> Reply:
        return Reply(b"no\r\n", Then.LISTEN)

    def timeout(self, at: float) -> bytes:
        return b"late\r\n"


def who(tls="implicit", greet="hi\r\n", frame="line", words=None):
    said = {name: Later(Template.parse(text), FACTS) for name, text in (words or {}).items()}
    greeting = None if greet is None else Template.parse(greet)
    return Identity("mail", "mail", "Mail", "1", "any", greeting, (), frame, FACTS, said, tls)


def secured(engines=None, tls="implicit", delay_s=0.0, speaker=Mail, **kwargs):
    engines = engines or Toys()
    return Secured(Visit(who(tls, **kwargs), delay_s=delay_s, engines=engines), engines, speaker)


def kinds(reply: Reply) -> list[type]:
    return [type(note) for note in reply.notes]


def test_the_greeting_of_a_tls_port_is_said_inside():
    talk = secured(delay_s=1.5)
    assert talk.opened(NOON) == (b"", Then.LISTEN, 0.0, ())
    flight = talk.heard(HELLO, NOON)
    assert (flight.data, flight.then, flight.after_s) == (b"<flight><hi\r\n>", Then.LISTEN, 1.5)
    assert kinds(flight) == [Hello]
    assert talk.heard(b"NOOP\r\n", NOON) == (b"<NOOP?\r\n>", Then.LISTEN, 0.0, (Request(b"NOOP"),))
    assert talk.heard(b"QUIT\r\n", NOON)[:2] == (b"<QUIT?\r\n><bye>", Then.CLOSE)
    assert talk.heard(b"QUIT\r\n", NOON)[:2] == (b"", Then.CLOSE)


def test_a_speaker_goes_over_to_tls_and_starts_anew():
    talk = secured(tls="starttls", delay_s=1.5)
    assert talk.opened(NOON)[:3] == (b"hi\r\n", Then.LISTEN, 1.5)
    assert talk.heard(b"STARTTLS\r\n", NOON)[:2] == (b"go\r\n", Then.LISTEN)
    flight = talk.heard(HELLO, NOON)
    assert (flight.data, flight.after_s, kinds(flight)) == (b"<flight>", 0.0, [Hello])
    assert talk.heard(b"NOOP\r\n", NOON).data == b"<NOOP?\r\n>"


def test_what_is_said_in_clear_behind_the_wish_is_forgotten():
    talk = secured(tls="starttls")
    talk.opened(NOON)
    assert talk.heard(b"STARTTLS\r\nRSET\r\n", NOON).data == b"go\r\n"
    assert talk.heard(HELLO, NOON).data == b"<flight>"
    assert talk.heard(b"NOOP\r\n", NOON).data == b"<NOOP?\r\n>"


def test_a_hello_that_does_not_wait_for_the_word_is_heard():
    talk = secured(tls="starttls")
    talk.opened(NOON)
    reply = talk.heard(b"STARTTLS\r\n" + HELLO, NOON)
    assert (reply.data, kinds(reply)) == (b"go\r\n<flight>", [Request, Hello])


def test_what_takes_its_time_takes_it_inside():
    talk = secured()
    talk.heard(HELLO, NOON)
    assert talk.heard(b"AUTH\r\n", NOON)[:3] == (b"<wait\r\n>", Then.MORE, 2.0)
    assert talk.idled(NOON)[:2] == (b"<no\r\n>", Then.LISTEN)


def test_who_says_nothing_is_held_and_who_stops_half_way_is_left():
    talk = secured()
    assert talk.patience_s is None
    assert talk.idled(NOON)[:2] == (b"", Then.HOLD)
    talk.heard(HELLO[:50], NOON)
    assert talk.patience_s == HANDSHAKE_S
    assert talk.idled(NOON)[:2] == (b"", Then.CLOSE)


def test_who_was_told_to_go_on_and_does_not_is_left():
    talk = secured(tls="starttls")
    talk.heard(b"STARTTLS\r\n", NOON)
    assert talk.patience_s == HANDSHAKE_S
    assert talk.idled(NOON)[:2] == (b"", Then.CLOSE)


def test_who_is_quiet_inside_is_told_good_bye():
    asked, never_asked = secured(), secured()
    for talk in (asked, never_asked):
        talk.heard(HELLO, NOON)
    asked.heard(b"NOOP\r\n", NOON)
    assert asked.patience_s == Mail.patience_s
    assert asked.idled(NOON)[:2] == (b"<late\r\n><bye>", Then.CLOSE)
    assert never_asked.idled(NOON)[:2] == (b"<bye>", Then.CLOSE)


def test_the_peer_s_good_bye_ends_it():
    talk = secured()
    talk.heard(HELLO, NOON)
    assert talk.heard(b"NOOP\r\n!", NOON)[:2] == (b"<NOOP?\r\n><bye>", Then.CLOSE)


def test_where_nobody_has_the_time_the_connection_is_closed_and_counted():
    reply = secured(Toys(refuses=True)).heard(HELLO, NOON)
    assert (reply.data, reply.then, kinds(reply)) == (b"", Then.CLOSE, [Hello, Refused])


def test_a_certificate_that_is_being_made_is_waited_for():
    engines = Toys(waits=True)
    talk = secured(engines, delay_s=1.5)
    flight = talk.heard(HELLO, NOON)
    assert (flight.data, flight.then, flight.after_s, kinds(flight)) == (b"", Then.MORE, LOOK_AGAIN_S, [Hello])
    assert talk.idled(NOON) == (b"", Then.MORE, LOOK_AGAIN_S, ())
    assert talk.heard(b"more", NOON).then is Then.MORE
    engines.given.waits = False
    assert talk.idled(NOON) == (b"<flight><hi\r\n>", Then.LISTEN, 1.5, ())
    assert talk.heard(b"NOOP\r\n", NOON).data == b"<NOOP?\r\n>"


def test_who_says_much_while_a_certificate_is_made_is_left():
    talk = secured(Toys(waits=True))
    talk.heard(HELLO, NOON)
    assert talk.heard(bytes(2 * WIRE_MAX), NOON)[:2] == (TOO_LONG, Then.CLOSE)


def test_a_hello_without_end_draws_an_alert():
    talk = secured()
    wire = records(bytes(4 * WIRE_MAX), 1000)
    assert talk.heard(wire[:WIRE_MAX], NOON).then is Then.LISTEN
    assert talk.heard(wire[WIRE_MAX : 2 * WIRE_MAX], NOON)[:2] == (TOO_LONG, Then.CLOSE)


@pytest.mark.parametrize("first", [b"\x80\x2e\x01\x03\x01", b"\x16\x02\x00\x00\x01\x00"])
def test_what_looks_like_tls_but_is_no_hello_is_judged_by_tls(first):
    engines = Toys()
    reply = secured(engines).heard(first, NOON)
    assert (kinds(reply), len(engines.asked)) == ([], 1)


@pytest.mark.parametrize("data", [b"GET / HTTP/1.0\r\n\r\n", b"\0", b"EHLO x\r\n"])
def test_who_does_not_speak_tls_is_hung_up_on(data):
    assert secured(delay_s=0.5).heard(data, NOON) == (b"", Then.CLOSE, 0.5, ())
    talk = secured(tls="starttls")
    talk.heard(b"STARTTLS\r\n", NOON)
    assert talk.heard(data, NOON)[:2] == (b"", Then.CLOSE)


def test_a_web_server_tells_who_asks_in_clear():
    words = {"plain": PAGE}
    get = b"GET / HTTP/1.0\r\n\r\n"
    talk = secured(words=words, delay_s=0.5)
    assert talk.heard(get[:9], NOON)[:2] == (b"", Then.LISTEN)
    assert talk.heard(get[9:], NOON) == (PAGE.encode(), Then.CLOSE, 0.5, (Request(get),))
    # What is no request for a page it refuses as it does inside; the speaker here answers in lines.
    assert secured(words=words).heard(b"HELP\r\n", NOON)[:2] == (b"HELP?\r\n", Then.CLOSE)
    assert secured(words=words).heard(b"G" * 20000, NOON)[:2] == (b"", Then.CLOSE)
    newer = words | {"plain_modern": "modern"}
    assert secured(words=newer).heard(get, NOON).data == b"modern"


# With real TLS


class Client:
    """A real client's TLS."""

    def __init__(self, **limits: ssl.TLSVersion) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        for name, version in limits.items():
            setattr(context, name, version)
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self._in, self._out, server_hostname="mx1.oakfield.lan")
        self.heard = b""
        self.over = False

    def turn(self, data: bytes = b"") -> bytes:
        """What it sends after hearing this."""
        self._in.write(data)
        try:
            self.tls.do_handshake()
            while piece := self.tls.read(65536):
                self.heard += piece
            self.over = True
        except ssl.SSLWantReadError:
            pass
        return self._out.read()

    def say(self, data: bytes) -> bytes:
        self.tls.write(data)
        return self._out.read()


def hear(talk: Secured, data: bytes) -> Reply:
    """The reply to these bytes, once there is a certificate."""
    reply = talk.heard(data, NOON)
    while reply.then is Then.MORE:
        reply = talk.idled(NOON)._replace(notes=reply.notes)
    return reply


def exchange(talk: Secured, client: Client, wire: bytes, size: int = 100_000) -> list[Reply]:
    """All replies until the client has nothing more to send."""
    replies: list[Reply] = []
    while wire:
        now = [hear(talk, wire[at : at + size]) for at in range(0, len(wire), size)]
        wire = client.turn(b"".join(reply.data for reply in now))
        replies += now
    return replies


def notes(replies: Iterable[Reply]) -> list[object]:
    return [note for reply in replies for note in reply.notes]


@pytest.mark.parametrize("size", [1, 7, 100_000])
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_real_client_in_pieces_of_any_size(version, size):
    talk, client = secured(REAL), Client(maximum_version=version)
    talk.opened(NOON)
    first = exchange(talk, client, client.turn(), size)
    assert client.heard == b"hi\r\n"
    assert [type(note) for note in notes(first)] == [Hello]
    assert client.tls.version() == version.name.replace("_", ".")
    rest = exchange(talk, client, client.say(b"NOOP\r\nQUIT\r\n"), size)
    assert client.heard == b"hi\r\nNOOP?\r\nQUIT?\r\n"
    assert notes(rest) == [Request(b"NOOP"), Request(b"QUIT")]
    assert client.over
    assert rest[-1].then is Then.CLOSE


def test_a_real_client_goes_over_to_tls():
    talk, client = secured(REAL, tls="starttls"), Client()
    talk.opened(NOON)
    talk.heard(b"STARTTLS\r\n", NOON)
    exchange(talk, client, client.turn())
    exchange(talk, client, client.say(b"NOOP\r\n"))
    assert client.heard == b"NOOP?\r\n"


def test_a_damaged_record_ends_it_with_an_alert():
    talk, client = secured(REAL), Client()
    exchange(talk, client, client.turn())
    record = bytearray(client.say(b"NOOP\r\n"))
    record[-1] ^= 1
    reply = talk.heard(bytes(record), NOON)
    assert reply.then is Then.CLOSE
    assert reply.data
    assert not notes([reply])


@pytest.mark.parametrize(
    ("wire", "alert"),
    [
        # No cipher in common; a protocol that is too old, in an SSLv2 hello too; a message that comes too early.
        (records(chrome().replace(b"\x13\x01\x13\x02\x13\x03", b"\x00\xff" * 3).replace(b"\xc0", b"\x00")), 40),
        (records(body((0xC009,), [], 0x0301)), 70),
        (b"\x80\x1c\x01\x03\x01\0\x03\0\0\0\x10\0\xc0\x09" + bytes(16), 70),
        (b"\x16\x03\x01\0\x04\x02\0\0\0", 10),
    ],
)
def test_what_cannot_be_agreed_on_is_refused_as_openssl_does(wire, alert):
    reply = hear(secured(REAL), wire)
    assert reply.then is Then.CLOSE
    assert (reply.data[:1], reply.data[-1]) == (b"\x15", alert)


@given(
    st.binary(min_size=1, max_size=300),
    st.lists(st.integers(0, 300), max_size=5),
    st.sampled_from(["", "\x16\x03\x01"]),
)
@settings(max_examples=60, deadline=None)
def test_garbage_is_answered_the_same_however_it_is_cut(data, cuts, before):
    data = before.encode("latin-1") + data
    edges = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    whole, cut = secured(words={"plain": PAGE}), secured(words={"plain": PAGE})
    at_once = [whole.heard(data, NOON)]
    in_pieces = [cut.heard(data[a:b], NOON) for a, b in pairwise(edges)]
    assert at_once[-1].then is in_pieces[-1].then
    if in_pieces[0].then is not Then.CLOSE:
        assert b"".join(r.data for r in at_once) == b"".join(r.data for r in in_pieces)


@given(st.integers(0, 600), st.binary(min_size=1, max_size=4))
@settings(max_examples=60, deadline=None)
def test_damaged_hellos_raise_nothing_and_draw_little(at, noise):
    wire = bytearray(HELLO)
    at %= len(wire)
    wire[at : at + len(noise)] = noise
    talk = secured(REAL)
    replies = [hear(talk, bytes(wire)), hear(talk, b"\x17\x03\x03\x00\x05aaaaa")]
    assert sum(len(reply.data) for reply in replies) < 6000
