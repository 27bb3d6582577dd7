"""What a Java virtual machine shows to every debugger: its classes, methods and threads. Remembers nothing.

docs.oracle.com, "Java Debug Wire Protocol": the commands by number of set and command.
"""

import struct
from collections.abc import Callable
from typing import Final

from rawspoof.core.conversation.cursor import Cursor

CLASSES: Final = (
    b"Ljava/lang/Object;", b"Ljava/lang/String;", b"Ljava/lang/Class;", b"Ljava/lang/ClassLoader;",
    b"Ljava/lang/System;", b"Ljava/lang/Thread;", b"Ljava/lang/ThreadGroup;", b"Ljava/lang/Runtime;",
    b"Ljava/lang/ProcessBuilder;", b"Ljava/net/ServerSocket;", b"Ljava/util/HashMap;", b"Ljava/io/File;",
)  # fmt: skip
METHODS: Final = {
    b"Ljava/lang/Runtime;": (
        (b"getRuntime", b"()Ljava/lang/Runtime;", 9), (b"exec", b"(Ljava/lang/String;)Ljava/lang/Process;", 1),
        (b"exec", b"([Ljava/lang/String;)Ljava/lang/Process;", 1), (b"availableProcessors", b"()I", 257),
    ),
    b"Ljava/net/ServerSocket;": ((b"accept", b"()Ljava/net/Socket;", 1), (b"close", b"()V", 1)),
    b"Ljava/lang/Thread;": ((b"currentThread", b"()Ljava/lang/Thread;", 265), (b"sleep", b"(J)V", 265)),
    b"Ljava/lang/String;": ((b"length", b"()I", 1), (b"indexOf", b"(I)I", 1)),
}  # fmt: skip
"""Name, signature and access flags of what attackers look for; every class has a constructor beside."""
THREADS: Final = (b"main", b"Reference Handler", b"Finalizer", b"Signal Dispatcher", b"http-nio-8080-exec-1")

FIRST_THREAD: Final = 1
INVALID_THREAD: Final = 10
INVALID_CLASS: Final = 21
NOT_IMPLEMENTED: Final = 99

_FIRST_CLASS, _GROUP = 0x401, 0x100
# A class that is verified, prepared and initialized.
_STATUS: Final = struct.pack(">i", 7)

Answer = bytes | int
"""What a command gives, or the code of its error."""


def answer(kind: tuple[int, int], read: Cursor) -> Answer:
    """What a command of this set and number gives."""
    known = _ANSWERS.get(kind)
    return known(read) if known else NOT_IMPLEMENTED


def text(data: bytes) -> bytes:
    """A string as the protocol writes it."""
    return struct.pack(">I", len(data)) + data


def _all_classes(generic: bytes) -> Answer:
    """Every class, with its signature and that of its generic type, which none has."""
    rows = [struct.pack(">BQ", 1, _FIRST_CLASS + n) + text(name) + generic + _STATUS for n, name in enumerate(CLASSES)]
    return struct.pack(">i", len(rows)) + b"".join(rows)


def _by_signature(read: Cursor) -> Answer:
    name = read.text(4)
    if name not in CLASSES:
        return bytes(4)
    return struct.pack(">iBQ", 1, 1, _FIRST_CLASS + CLASSES.index(name)) + _STATUS


def _signature(read: Cursor, generic: bytes) -> Answer:
    name = _class(read)
    return INVALID_CLASS if name is None else text(name) + generic


def _methods(read: Cursor, generic: bytes) -> Answer:
    name = _class(read)
    if name is None:
        return INVALID_CLASS
    first = CLASSES.index(name) + 1 << 8
    rows = [
        struct.pack(">Q", first + n) + text(called) + text(shape) + generic + struct.pack(">i", flags)
        for n, (called, shape, flags) in enumerate(((b"<init>", b"()V", 1), *METHODS.get(name, ())))
    ]
    return struct.pack(">i", len(rows)) + b"".join(rows)


def _class(read: Cursor) -> bytes | None:
    number = read.number(8) - _FIRST_CLASS
    return CLASSES[number] if 0 <= number < len(CLASSES) else None


def _threads(read: Cursor) -> Answer:
    return struct.pack(f">i{len(THREADS)}Q", len(THREADS), *range(FIRST_THREAD, FIRST_THREAD + len(THREADS)))


def _of_thread(shown: Callable[[bytes], bytes]) -> Callable[[Cursor], Answer]:
    """What is shown of a thread, if there is such a one."""

    def answer(read: Cursor) -> Answer:
        number = read.number(8) - FIRST_THREAD
        return shown(THREADS[number]) if 0 <= number < len(THREADS) else INVALID_THREAD

    return answer


def _said(data: bytes) -> Callable[[Cursor], Answer]:
    return lambda read: data


_NO_GENERIC: Final = bytes(4)

_ANSWERS: Final[dict[tuple[int, int], Callable[[Cursor], Answer]]] = {
    (1, 2): _by_signature,
    (1, 3): lambda read: _all_classes(b""),
    (1, 4): _threads,
    (1, 5): _said(struct.pack(">iQ", 1, _GROUP)),
    (1, 6): _said(b""),
    (1, 7): _said(struct.pack(">5i", 8, 8, 8, 8, 8)),
    (1, 8): _said(b""),
    (1, 9): _said(b""),
    (1, 10): _said(b""),
    (1, 12): _said(b"\1" * 7),
    (1, 13): _said(text(b"/opt/app") + struct.pack(">i", 1) + text(b"/opt/app/app.jar") + bytes(4)),
    (1, 17): _said(b"\1" * 7 + b"\1\0\1\1\0\1\1\1\1\1\1\1\1\0" + bytes(11)),
    (1, 20): lambda read: _all_classes(_NO_GENERIC),
    (2, 1): lambda read: _signature(read, b""),
    (2, 5): lambda read: _methods(read, b""),
    (2, 13): lambda read: _signature(read, _NO_GENERIC),
    (2, 15): lambda read: _methods(read, _NO_GENERIC),
    (11, 1): _of_thread(text),
    (11, 2): _of_thread(lambda name: b""),
    (11, 3): _of_thread(lambda name: b""),
    (11, 4): _of_thread(lambda name: struct.pack(">ii", 1, 0)),
    (11, 5): _of_thread(lambda name: struct.pack(">Q", _GROUP)),
    (12, 1): _said(text(b"system")),
    (15, 2): _said(b""),
    (15, 3): _said(b""),
}
