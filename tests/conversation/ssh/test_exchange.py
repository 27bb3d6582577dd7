"""Key exchange step by step, with an engine that does what it is told."""

import pytest

from rawspoof.core.conversation.engines import Exchanged
from rawspoof.core.conversation.ssh import groups
from rawspoof.core.conversation.ssh.exchange import Broken, Exchange, TooMany
from rawspoof.core.conversation.ssh.offer import Offer, build
from rawspoof.core.conversation.ssh.transport import Plain, Transport
from rawspoof.core.conversation.ssh.wire import Fields, mpint, string

KEX = ("curve25519-sha256", "diffie-hellman-group-exchange-sha256", "kex-strict-s-v00@openssh.com")
OURS = Offer(KEX, ("ssh-ed25519",), ("aes128-ctr",), ("hmac-sha1",))
TOLD = [(b"server-sig-algs", b"ssh-ed25519")]


class Engine:
    """Agrees to everything, after being asked some times; notes what it was asked."""

    def __init__(self, polls=0, agrees=True, admits=True):
        self.polls, self.agrees, self.admits = polls, agrees, admits
        self.asked = []
        self.boxes = []

    def exchange(self, family, public, algorithm, digest, at):
        self.asked.append((family, public, algorithm))
        self.hashed = digest(b"blob", b"\x02", b"\x03")
        return self if self.admits else None

    def done(self):
        self.polls -= 1
        return self.polls < 0

    def result(self):
        return Exchanged(b"blob", b"\x02", b"\x03", self.hashed, b"signed") if self.agrees else None

    def box(self, cipher, mac, derive, ours):
        self.boxes.append((cipher, mac, ours))
        return Plain() if cipher == "aes128-ctr" else None


def begun(engine, told=()):
    transport = Transport()
    exchange = Exchange(engine, transport, OURS, list(told))
    assert Fields(exchange.begin(b"SSH-2.0-a", b"SSH-2.0-b", bytes(16))[5:]).take(17) == b"\x14" + bytes(16)
    transport.heard_seq = 1
    return exchange


def kexinit(kex=KEX[:1], **other):
    return build(OURS._replace(kex=kex, **other), bytes(16))


def messages(said):
    """The messages of packets without keys."""
    transport, heard, wire = Transport(), [], bytearray(said)
    while cut := transport.cut(wire):
        heard.append(cut[0])
        del wire[: cut[1]]
    return heard


def test_from_kexinit_to_keys():
    engine = Engine(polls=2)
    exchange = begun(engine, TOLD)
    assert exchange.hear(kexinit((KEX[0], "ext-info-c")), 0.0) == b""
    assert exchange.hear(b"\x1e" + string(b"public"), 0.0) == b""
    assert engine.asked == [("x25519", b"public", "ssh-ed25519")]
    assert [exchange.waits, exchange.poll(), exchange.poll()] == [True, None, None]
    reply, newkeys, told = messages(exchange.poll())
    assert reply == b"\x1f" + string(b"blob") + string(b"\2") + string(b"signed")
    assert (newkeys, told) == (b"\x15", b"\7\0\0\0\1" + string(TOLD[0][0]) + string(TOLD[0][1]))
    assert not exchange.over
    assert exchange.hear(b"\x15", 0.0) == b""
    assert exchange.over
    assert engine.boxes == [("aes128-ctr", "hmac-sha1", True), ("aes128-ctr", "hmac-sha1", False)]
    assert exchange.hear(kexinit(), 0.0) is None


def test_a_group_is_agreed_on_first():
    engine = Engine()
    exchange = begun(engine)
    exchange.hear(kexinit(KEX[1:2]), 0.0)
    sizes = b"".join(size.to_bytes(4) for size in (2048, 3072, 8192))
    (group,) = messages(exchange.hear(b"\x22" + sizes, 0.0))
    assert group == b"\x1f" + mpint(groups.prime(3072)) + mpint(2)
    exchange.hear(b"\x20" + mpint(5), 0.0)
    assert engine.asked == [("dh-3072", b"\5", "ssh-ed25519")]
    assert messages(exchange.poll())[0] == b"\x21" + string(b"blob") + mpint(2) + string(b"signed")


def test_the_old_way_to_ask_for_a_group():
    exchange = begun(Engine())
    exchange.hear(kexinit(KEX[1:2]), 0.0)
    assert messages(exchange.hear(b"\x1e" + (1024).to_bytes(4), 0.0))[0][1:] == mpint(groups.prime(2048)) + mpint(2)


@pytest.mark.parametrize("sizes", [(512, 1024, 1024), (4096, 2048, 8192), (9000, 9000, 9000)])
def test_groups_that_nobody_has(sizes):
    exchange = begun(Engine())
    exchange.hear(kexinit(KEX[1:2]), 0.0)
    with pytest.raises(Broken):
        exchange.hear(b"\x22" + b"".join(size.to_bytes(4) for size in sizes), 0.0)


def test_a_wrong_guess_is_passed_over():
    engine = Engine()
    exchange = begun(engine)
    guessing = bytearray(kexinit(("ecdh-sha2-nistp256", *KEX[:1])))
    guessing[-5] = 1
    exchange.hear(bytes(guessing), 0.0)
    assert exchange.hear(b"\x1e" + string(b"guess"), 0.0) == b""
    assert not exchange.waits
    exchange.hear(b"\x1e" + string(b"public"), 0.0)
    assert engine.asked == [("x25519", b"public", "ssh-ed25519")]


def test_strict_clients_begin_with_their_kexinit():
    exchange = begun(Engine())
    exchange._transport.heard_seq = 2
    with pytest.raises(Broken, match="KEXINIT was not the first packet"):
        exchange.hear(kexinit((KEX[0], "kex-strict-c-v00@openssh.com")), 0.0)


def test_strict_numbers_begin_anew():
    exchange = begun(Engine())
    exchange.hear(kexinit((KEX[0], "kex-strict-c-v00@openssh.com")), 0.0)
    exchange.hear(b"\x1e" + string(b"public"), 0.0)
    exchange.poll()
    exchange.hear(b"\x15", 0.0)
    assert exchange.strict
    assert (exchange._transport.said_seq, exchange._transport.heard_seq) == (0, 0)


def test_nothing_comes_of_it():
    exchange = begun(Engine(agrees=False))
    exchange.hear(kexinit(), 0.0)
    exchange.hear(b"\x1e" + string(b"public"), 0.0)
    with pytest.raises(Broken):
        exchange.poll()


def test_one_too_many():
    exchange = begun(Engine(admits=False))
    exchange.hear(kexinit(), 0.0)
    with pytest.raises(TooMany):
        exchange.hear(b"\x1e" + string(b"public"), 0.0)


def test_nothing_in_common():
    with pytest.raises(Broken):
        begun(Engine()).hear(kexinit(("else",)), 0.0)


@pytest.mark.parametrize("message", [b"\x15", b"\x1e" + string(b"x"), b"\x20" + mpint(1)])
def test_out_of_turn(message):
    assert begun(Engine()).hear(message, 0.0) is None
