"""ClientHellos for tests, built field by field."""

from collections.abc import Sequence

CHROME_CIPHERS = (
    0x1301, 0x1302, 0x1303, 0xC02B, 0xC02F, 0xC02C, 0xC030, 0xCCA9, 0xCCA8, 0xC013, 0xC014, 0x009C, 0x009D, 0x002F,
    0x0035,
)  # fmt: skip
GREASE = 0x5A5A


def vector(data: bytes, width: int) -> bytes:
    """Data behind its length."""
    return len(data).to_bytes(width) + data


def numbers(values: Sequence[int]) -> bytes:
    """Numbers of two octets each."""
    return b"".join(value.to_bytes(2) for value in values)


def names(values: Sequence[bytes]) -> bytes:
    """An ALPN offer."""
    return vector(b"".join(vector(value, 1) for value in values), 2)


def body(ciphers: Sequence[int], extensions: Sequence[tuple[int, bytes]], version: int = 0x0303) -> bytes:
    """A ClientHello without its handshake header."""
    block = b"".join(number.to_bytes(2) + vector(data, 2) for number, data in extensions)
    fixed = version.to_bytes(2) + bytes(32) + vector(b"", 1) + vector(numbers(ciphers), 2) + vector(b"\0", 1)
    return fixed + (vector(block, 2) if extensions else b"")


def records(hello: bytes, size: int = 16384) -> bytes:
    """A ClientHello as it goes over the wire, in records of at most so many octets."""
    message = b"\x01" + vector(hello, 3)
    parts = [message[at : at + size] for at in range(0, len(message), size)]
    return b"".join(b"\x16\x03\x01" + vector(part, 2) for part in parts)


def server_name(name: bytes) -> tuple[int, bytes]:
    """The extension that asks for a server by its name."""
    return 0, vector(b"\0" + vector(name, 2), 2)


def chrome(name: bytes = b"www.example.com", protocols: Sequence[bytes] = (b"h2", b"http/1.1")) -> bytes:
    """The hello of the browser that JA4's own example is of."""
    signatures = (0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601)
    extensions = [
        (GREASE, b""),
        (0x001B, b"\x02\x00\x02"),
        server_name(name),
        (0x0033, b""),
        (0x0010, names(protocols)),
        (0x4469, b""),
        (0x0017, b""),
        (0x002D, b"\x01\x01"),
        (0x000D, vector(numbers(signatures), 2)),
        (0x0005, b"\x01\0\0\0\0"),
        (0x0023, b""),
        (0x0012, b""),
        (0x002B, vector(numbers((GREASE, 0x0304, 0x0303)), 1)),
        (0xFF01, b"\0"),
        (0x000B, b"\x01\0"),
        (0x000A, vector(numbers((GREASE, 0x001D, 0x0017, 0x0018)), 2)),
        (0x0015, bytes(7)),
    ]
    return body((GREASE, *CHROME_CIPHERS), extensions)
