"""Capture files as bytes, block by block. Knows the formats as little as tests need."""

from struct import pack


def pcap(*frames: tuple[float, bytes], order: str = "<", nano: bool = False, link_type: int = 101) -> bytes:
    """A pcap file of these frames and their times."""
    per_second = 1_000_000_000 if nano else 1_000_000
    raw = pack(order + "IHHiIII", 0xA1B23C4D if nano else 0xA1B2C3D4, 2, 4, 0, 0, 65535, link_type)
    for at, data in frames:
        whole = round(at * per_second)
        raw += pack(order + "IIII", whole // per_second, whole % per_second, len(data), len(data)) + data
    return raw


def block(kind: int, body: bytes, order: str = "<") -> bytes:
    """A pcapng block."""
    body += bytes(-len(body) % 4)
    size = pack(order + "I", len(body) + 12)
    return pack(order + "I", kind) + size + body + size


def section(order: str = "<") -> bytes:
    return block(0x0A0D0D0A, pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1), order)


def interface(link_type: int = 101, snap: int = 0, options: bytes = b"", order: str = "<") -> bytes:
    return block(1, pack(order + "HHI", link_type, 0, snap) + options, order)


def enhanced(ticks: int, data: bytes, number: int = 0, order: str = "<") -> bytes:
    head = pack(order + "5I", number, ticks >> 32, ticks & 0xFFFFFFFF, len(data), len(data))
    return block(6, head + data, order)


def simple(data: bytes, order: str = "<") -> bytes:
    return block(3, pack(order + "I", len(data)) + data, order)
