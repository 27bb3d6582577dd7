"""A client's messages of SMB for tests. MS-CIFS §2.2, MS-SMB2 §2.2."""

import struct

NT1 = b"\2NT LM 0.12\0"
NMAP_OFFER = b"".join(
    b"\2" + name + b"\0"
    for name in (
        b"PC NETWORK PROGRAM 1.0",
        b"MICROSOFT NETWORKS 1.03",
        b"MICROSOFT NETWORKS 3.0",
        b"LANMAN1.0",
        b"LM1.2X002",
        b"Samba",
        b"NT LANMAN 1.0",
        b"NT LM 0.12",
    )
)
ALL = (0x0202, 0x0210, 0x0300, 0x0302, 0x0311)


def packet(message: bytes) -> bytes:
    return len(message).to_bytes(4) + message


def one(command: int, words: bytes = b"", data: bytes = b"", flags: int = 0xC803, user: int = 0) -> bytes:
    head = struct.pack("<4sBIBHH8sHHHHH", b"\xffSMB", command, 0, 0x18, flags, 0, b"", 0, 0, 0xFEFF, user, 1)
    return packet(head + bytes((len(words) // 2,)) + words + struct.pack("<H", len(data)) + data)


def plain(user: bytes, nt: bytes = b"n" * 24, lm: bytes = b"l" * 24) -> bytes:
    words = struct.pack("<4sHHHIHHII", b"\xff\0\0\0", 65535, 2, 1, 0, len(lm), len(nt), 0, 0x54)
    return one(0x73, words, lm + nt + user + b"\0DOM\0Unix\0Samba\0", 0x4001)


def extended(token: bytes, user: int = 0) -> bytes:
    words = struct.pack("<4sHHHIHII", b"\xff\0\0\0", 65535, 2, 1, 0, len(token), 0, 0x80000054)
    return one(0x73, words, token, user=user)


def tree(user: int) -> bytes:
    return one(0x75, b"\xff\0\0\0\0\0\1\0", b"\0\\\\h\\IPC$\0?????\0", 0x4001, user)


def two(command: int, body: bytes, number: int = 1, session: int = 0, after: int = 0, wanted: int = 31) -> bytes:
    """A message without its packet, for chains."""
    fields = (b"\xfeSMB", 64, 1, 0, command, wanted, 0, after, number, 0xFEFF, 0, session, b"")
    return struct.pack("<4sHHIHHIIQIIQ16s", *fields) + body


def negotiate(dialects=ALL, able: int = 0x7F) -> bytes:
    body = struct.pack("<HHHHI16s", 36, len(dialects), 1, 0, able, b"guid")
    listed = struct.pack(f"<{len(dialects)}H", *dialects)
    if 0x0311 not in dialects:
        return packet(two(0, body + bytes(8) + listed, 0))
    at = 64 + len(body) + 8 + len(listed)
    contexts = struct.pack("<HHIHHH34x", 1, 38, 0, 1, 32, 1)
    contexts = contexts[:46] + bytes(2) + struct.pack("<HHIHHH", 2, 6, 0, 2, 2, 1)
    return packet(two(0, body + struct.pack("<IHH", at + -at % 8, 2, 0) + listed + bytes(-at % 8) + contexts, 0))


def setup(token: bytes, session: int = 0, number: int = 1) -> bytes:
    return packet(two(1, struct.pack("<HBBIIHHQ", 25, 0, 1, 1, 0, 88, len(token), 0) + token, number, session))


def status(said: bytes) -> int:
    """Of an answer of either language."""
    return int.from_bytes(said[9:13] if said[4] == 0xFF else said[12:16], "little")


def session(said: bytes) -> int:
    return int.from_bytes(said[44:52], "little")
