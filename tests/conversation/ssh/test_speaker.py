"""An SSH server's side from the first line to the last refusal, and any bytes at any moment."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rawspoof.core.conversation.base import Credential, Refused, Request, Then
from rawspoof.core.conversation.ssh.offer import Offer, build
from rawspoof.core.conversation.ssh.wire import string
from rawspoof.core.conversation.visit import Visit
from rawspoof.core.conversation.which import conversation
from rawspoof.edges.crypto.engines import CryptoEngines
from rawspoof.edges.crypto.ssh import EXCHANGES_PER_S
from tests.conversation.ssh.client import CIPHER, KEX, LINE, MAC, NOON, Client, Pipe
from tests.conversation.talks import living

STRICT = "kex-strict-c-v00@openssh.com"
KEY = b"\0" + string(b"ssh-ed25519") + string(string(b"ssh-ed25519") + bytes(36))
REFUSED = b"\x33" + string(b"publickey,password") + b"\0"
DEBIAN = {"os": "linux/debian", "ver": "9.2p1", "pkg": "2+deb12u7"}


def pipe(service="openssh", dice=5, delay_s=0.0, lonely=False, **wanted):
    """A new process each time: only so many exchanges begin within a second, and here it is always the same."""
    who = living(service, **(wanted or DEBIAN))
    engines = None if lonely else CryptoEngines(bytes(32))
    return Pipe(conversation(Visit(who, b"\xc0\0\2\7", dice, delay_s, engines)))


def client(**kwargs):
    ends = pipe(**kwargs)
    return ends, Client(ends.send, ends.receive)


def last_word(message):
    """What a DISCONNECT says."""
    assert message[:5] == b"\1\0\0\0\2"
    return message[9:-4]


@pytest.mark.parametrize(
    ("service", "wanted", "line", "said"),
    [
        ("openssh", DEBIAN, b"GET / HTTP/1.0\r\n", b"Invalid SSH identification string.\r\n"),
        ("openssh", DEBIAN, b"SSH-1.5-x\r\n", b"Protocol major versions differ.\r\n"),
        ("openssh", DEBIAN, b"SSH-2.0-Probe-1\r\n", b""),
        ("openssh", {"os": "linux/debian", "ver": "7.4p1"}, b"GET / HTTP/1.0\r\n", b"Protocol mismatch.\n"),
        ("openssh", {"os": "linux/debian", "ver": "7.4p1"}, b"SSH-1.5-x\r\n", b"Protocol major versions differ.\n"),
        ("dropbear", {"ver": "2022.83"}, b"GET / HTTP/1.0\r\n", b""),
    ],
)
def test_who_does_not_speak_ssh_hears_what_the_product_says(service, wanted, line, said):
    ends = pipe(service, **wanted)
    ends.receive()
    ends.send(line)
    assert (ends.receive(), ends.over) == (said, True)


def test_that_takes_as_long_as_the_port_takes_for_all():
    ends = pipe(delay_s=1.0)
    ends.receive()
    waited = ends.waited_s
    ends.send(b"\r\n\r\n")
    assert ends.waited_s - waited == pytest.approx(1.25)


@pytest.mark.parametrize("ends", [{"lonely": True}, {"service": "ssh-file-server", "product": "lshd secure shell"}])
def test_who_cannot_go_on_greets_and_holds(ends):
    ends = pipe(**ends)
    ends.send(LINE + b"\r\n")
    assert ends.spoken.heard(b"more", NOON).then is Then.HOLD


def test_passwords_are_noted_and_refused_in_their_time():
    ends, ssh = client()
    ssh.login()
    for word in (b"123456", b"admin"):
        before = ends.waited_s
        assert ssh.request(b"password", b"\0" + string(word)) == REFUSED
        assert 1.0 <= ends.waited_s - before < 6.0
    secrets = [note.secret for note in ends.notes if isinstance(note, Credential)]
    assert secrets == [b"123456", b"admin"]
    assert Request(b"\5" + string(b"ssh-userauth")) in ends.notes


def test_the_sixth_failure_is_the_last():
    ends, ssh = client()
    ssh.login()
    refusals = [ssh.request(b"publickey", KEY) for _ in range(6)]
    assert last_word(refusals[5]) == b"Too many authentication failures"
    assert ends.over


def test_dropbear_closes_after_ten():
    ends, ssh = client(service="dropbear", ver="2022.83")
    ssh.login()
    assert [ssh.request(b"publickey", KEY) for _ in range(10)][8:] == [
        b"\x33" + string(b"publickey,password") + b"\0",
        None,
    ]
    assert ends.over


@pytest.mark.parametrize("marks", [(), (STRICT,), (STRICT, "ext-info-c")])
def test_strict_and_lenient_clients(marks):
    _, ssh = client()
    ssh.hello()
    assert [message[0] for message in ssh.keys(marks)] == ([7] if "ext-info-c" in marks else [])
    assert ssh.ask(b"\5" + string(b"ssh-userauth"))[0] == 6


@pytest.mark.parametrize("key", ["rsa-sha2-512", "ecdsa-sha2-nistp256"])
def test_keys_that_are_calculated_beside(key):
    _, ssh = client(os="linux/debian", ver="7.4p1")
    ssh.hello()
    ssh.keys(key=key)
    assert ssh.ask(b"\5" + string(b"ssh-userauth"))[0] == 6


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (b"\5" + string(b"ssh-connection"), b"bad service request ssh-connection"),
        (b"\xc8x", b"Invalid ssh2 packet type: 200"),
        (b"\0x", b"Invalid ssh2 packet type: 0"),
    ],
)
def test_last_words_behind_the_keys(message, said):
    ends, ssh = client()
    ssh.login()
    assert last_word(ssh.ask(message)) == said
    assert ends.over


@pytest.mark.parametrize("message", [b"\x14" + bytes(60), b"\x15", b"\x50x", b"\x3d\0\0\0\0", b"\x08x", b"\7\0\0\0\0"])
def test_what_has_no_business_there_is_not_implemented(message):
    _, ssh = client()
    assert ssh.login().ask(message) == b"\3\0\0\0\4"


@pytest.mark.parametrize("message", [b"\2" + string(b"x"), b"\4\0" + string(b"x") + string(b""), b"\3\0\0\0\0"])
def test_small_talk_is_passed_over(message):
    _, ssh = client()
    ssh.login().say(message)
    assert ssh.request(b"none")[0] == 51


@pytest.mark.parametrize("message", [b"\1" + bytes(12), b"\5", b"\x32\0\0", b"\x32" + b"\xff" * 8])
def test_messages_that_end_it(message):
    ends, ssh = client()
    assert ssh.login().ask(message) is None
    assert ends.over


def test_one_too_many_is_dropped_and_counted():
    who, engines = living("openssh", **DEBIAN), CryptoEngines(bytes(32))
    for number in range(EXCHANGES_PER_S + 1):
        ends = Pipe(conversation(Visit(who, b"\xc0\0\2\7", 5, 0.0, engines)))
        ssh = Client(ends.send, ends.receive)
        ssh.hello()
        if number < EXCHANGES_PER_S:
            ssh.keys()
    ssh.say(build(Offer((KEX,), ("ssh-ed25519",), (CIPHER,), (MAC,)), bytes(16)))
    assert ssh.ask(b"\x1e" + string(bytes(32))) is None
    assert (ends.over, ends.notes[-1]) == (True, Refused())


def test_one_host_one_key():
    def blob(dice, **wanted):
        _, ssh = client(dice=dice, **wanted)
        theirs = []
        ssh.hear_reply = ssh.hear
        ssh.hear = lambda: theirs.append(ssh.hear_reply()) or theirs[-1]
        ssh.hello()
        ssh.keys()
        return next(message for message in theirs if message[0] == 31)[5:56]

    assert blob(1) == blob(2) != blob(1, os="linux/debian", ver="9.2p1", pkg="2")


def spoken(chunks, login):
    ends, ssh = client()
    if login:
        ssh.login(*login)
    for chunk in chunks:
        ends.send(chunk)
    return ends.receive(), ends.over, [note for note in ends.notes if isinstance(note, Credential)]


@settings(max_examples=25, deadline=None, database=None)
@given(st.binary(max_size=200), st.lists(st.integers(0, 200), max_size=4))
def test_any_bytes_after_the_first_line(data, cuts):
    whole = LINE + b"\r\n" + data
    edges = [0, *sorted(min(cut, len(whole)) for cut in cuts), len(whole)]
    pieces = [whole[a:b] for a, b in pairwise(edges) if a < b]
    assert spoken(pieces, None) == spoken([whole], None)


@settings(max_examples=20, deadline=None, database=None)
@given(st.binary(min_size=1, max_size=200))
def test_any_bytes_behind_the_keys(data):
    said, over, notes = spoken([data, bytes(100)], (STRICT,))
    assert (len(said) < 1000, notes) == (True, [])
    assert over


@settings(max_examples=20, deadline=None, database=None)
@given(st.lists(st.binary(min_size=1, max_size=60), max_size=3))
def test_any_messages_behind_the_keys(messages):
    ends, ssh = client()
    ssh.login()
    for message in messages:
        ssh.say(message)
    assert len(ends.receive()) < 1000 * (1 + len(messages))


@settings(max_examples=20, deadline=None, database=None)
@given(st.lists(st.tuples(st.sampled_from([20, 21, 30, 32, 34, 5, 50, 2, 7]), st.binary(max_size=80)), max_size=4))
def test_any_messages_before_the_keys(messages):
    ends, ssh = client()
    ssh.hello()
    for kind, rest in messages:
        ssh.say(bytes([kind]) + rest)
    assert len(ends.receive()) < 1000 * (1 + len(messages))
