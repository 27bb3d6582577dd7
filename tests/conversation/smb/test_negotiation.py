"""SMB 2's dialects by product, and what a server tells of itself in each."""

import pytest

from rawspoof.core.conversation.smb.edition import edition
from rawspoof.core.conversation.smb.negotiation import chosen, response
from rawspoof.core.conversation.visit import Visit
from tests.conversation.smb import client
from tests.conversation.talks import NOON, living


def visit(**wanted):
    return Visit(living("microsoft-ds", 445, **wanted))


@pytest.mark.parametrize(
    ("asked", "known", "told"),
    [
        (client.ALL, client.ALL, 0x0311),
        (client.ALL, (0x0202, 0x0210), 0x0210),
        ((0x0202,), client.ALL, 0x0202),
        ((0x0999,), client.ALL, 0),
        ((), client.ALL, None),
    ],
)
def test_the_highest_that_both_know_is_chosen(asked, known, told):
    assert chosen(client.negotiate(asked)[4:], known) == told


def test_more_dialects_than_there_are_octets_are_no_request():
    request = client.negotiate((0x0202, 0x0210))[4:]
    assert chosen(request[:66] + b"\xff\xff" + request[68:], client.ALL) is None
    assert chosen(request[:-1], client.ALL) is None


def told(where, dialect, able=0x7F):
    return response(client.negotiate(able=able)[4:], dialect, edition(where), where, NOON)


def number(body, at, size=4):
    return int.from_bytes(body[at : at + size], "little")


def test_abilities_and_sizes_grow_with_the_dialect():
    ten, seven = visit(native="Windows 10 Pro 14393"), visit(native="Windows 7 Professional 7601 Service Pack 1")
    able = [number(told(ten, d), 24) for d in client.ALL]
    assert able == [0x01, 0x07, 0x6F, 0x6F, 0x2F]
    assert number(told(ten, 0x0302, able=0), 24) == 0x07
    assert [number(told(where, d), 28) for where, d in ((ten, 0x0202), (seven, 0x0210), (ten, 0x0311))] == [
        0x10000,
        0x100000,
        0x800000,
    ]


def test_a_seven_tells_when_it_was_started_and_a_ten_does_not():
    ten, seven = visit(native="Windows 10 Pro 14393"), visit(native="Windows 7 Professional 7601 Service Pack 1")
    assert number(told(ten, 0x0210), 48, 8) == 0
    now, booted = number(told(seven, 0x0210), 40, 8), number(told(seven, 0x0210), 48, 8)
    assert 0 <= (now - booted) / 1e7 <= 90 * 86400


def test_the_latest_dialect_has_a_salt_and_the_clients_first_cipher():
    where = visit(native="Windows 10 Pro 14393")
    body = told(where, 0x0311)
    at = number(body, 60) - 64
    assert (number(body, 6, 2), at % 8) == (2, 0)
    assert body[at : at + 14] == bytes.fromhex("0100 2600 00000000 0100 2000 0100".replace(" ", ""))
    assert body[at + 48 :] == bytes.fromhex("0200 0400 00000000 0100 0200".replace(" ", ""))
    other = where._replace(dice=where.dice + 1)
    assert told(other, 0x0311)[at + 14 : at + 46] != body[at + 14 : at + 46]
    assert number(response(client.negotiate()[4:150], 0x0311, edition(where), where, NOON), 6, 2) == 1
