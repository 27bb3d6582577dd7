"""ClientHellos read: published fingerprints, GREASE, pieces of any size, and whatever else there is."""

from hashlib import md5

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rawspoof.core.conversation.client_hello import PROTOCOLS_MAX, WIRE_MAX, Gathering, parse
from tests.conversation.hellos import GREASE, body, chrome, names, numbers, records, server_name, vector


def test_the_example_of_ja4_s_own_description():
    hello = parse(chrome())
    assert hello is not None
    assert hello.ja4 == "t13d1516h2_8daaf6152771_e5627efa2ab1"
    assert (hello.name, hello.protocols) == (b"www.example.com", (b"h2", b"http/1.1"))


@pytest.mark.parametrize(
    ("ciphers", "extensions", "digest"),
    [
        (
            (47, 53, 5, 10, 49161, 49162, 49171, 49172, 50, 56, 19, 4),
            [(0, b""), (10, vector(numbers((23, 24, 25)), 2)), (11, b"\x01\0")],
            "ada70206e40642a3e4461f35503241d5",
        ),
        ((4, 5, 10, 9, 100, 98, 3, 6, 19, 18, 99), [], "de350869b8c85de67a350c8d186f11e6"),
    ],
)
def test_the_examples_of_ja3_s_own_description(ciphers, extensions, digest):
    hello = parse(body(ciphers, extensions, 769))
    assert hello is not None
    assert hello.ja3 == digest


def test_grease_counts_nowhere():
    hello = parse(chrome())
    assert hello is not None
    text = (
        "771,4865-4866-4867-49195-49199-49196-49200-52393-52392-49171-49172-156-157-47-53,"
        "27-0-51-16-17513-23-45-13-5-35-18-43-65281-11-10-21,29-23-24,0"
    )
    assert hello.ja3 == md5(text.encode()).hexdigest()


@pytest.mark.parametrize(
    ("protocols", "ends"),
    [
        ((b"h2",), "h2"),
        ((b"http/1.1",), "h1"),
        ((b"x",), "xx"),
        ((), "00"),
        ((b"\xab\xcd",), "ad"),
        ((b"0\xab",), "3b"),
    ],
)
def test_ja4_shows_the_ends_of_the_first_protocol(protocols, ends):
    extensions = [(16, names(protocols))] if protocols else []
    hello = parse(body((47,), extensions))
    assert hello is not None
    assert hello.ja4.split("_")[0] == f"t12i01{len(extensions):02}{ends}"


@pytest.mark.parametrize(
    ("version", "shown"), [(0x0300, "s3"), (0x0301, "10"), (0x0302, "11"), (0x0303, "12"), (0x0505, "00")]
)
def test_ja4_of_little(version, shown):
    hello = parse(body((), [], version))
    assert hello is not None
    assert hello.ja4 == f"t{shown}i000000_000000000000_000000000000"


def test_more_than_99_are_99_and_only_some_protocols_are_kept():
    many = [(1000 + number, b"") for number in range(120)]
    hello = parse(body(range(150), [*many, (16, names([b"h2"] * 500))]))
    assert hello is not None
    assert hello.ja4.startswith("t12i9999h2_")
    assert len(hello.protocols) == PROTOCOLS_MAX


def test_only_grease_of_both_octets_is_grease():
    hello = parse(body((GREASE, 0x1A2A, 0x0A0B), [server_name(b"x")]))
    assert hello is not None
    assert hello.ja4.startswith("t12d0201")


@given(st.data())
@settings(max_examples=60)
def test_pieces_of_any_size_make_the_same_hello(data):
    wire = records(chrome(), data.draw(st.integers(1, 700)))
    gathering, at, found = Gathering(), 0, None
    while found is None:
        size = data.draw(st.integers(1, 400))
        found, at = gathering.take(wire[at : at + size]), at + size
    assert found == chrome()
    assert at >= len(wire) or not wire[at:]


@pytest.mark.parametrize(
    "wire",
    [
        b"\x16\x02\x01\0\x05abcde",
        b"\x15\x03\x01\0\x02\x02\x28",
        b"\x16\x03\x01\0\0",
        b"\x16\x03\x01\0\x04\x02\0\0\0",
    ],
)
def test_what_will_never_be_a_hello_is_none_at_once(wire):
    assert Gathering().take(wire) == b""


def test_a_hello_without_end_is_awaited_by_nobody_else():
    gathering = Gathering()
    assert gathering.take(records(bytes(WIRE_MAX + 10))[:WIRE_MAX]) is None
    assert len(gathering.wire) == WIRE_MAX


@given(st.binary(max_size=400))
@settings(max_examples=60)
def test_any_bytes_are_a_hello_or_none(data):
    assert parse(data) is None or len(data) >= 38
    Gathering().take(b"\x16" + data)


@given(st.integers(0, 600), st.binary(min_size=1, max_size=3))
@settings(max_examples=60)
def test_a_damaged_hello_is_read_or_not(at, noise):
    hello = bytearray(chrome())
    at %= len(hello)
    hello[at : at + len(noise)] = noise
    assert parse(bytes(hello)) is None or parse(bytes(hello)).ja4.startswith("t")
    assert parse(bytes(hello[:at])) is None or at >= 38
