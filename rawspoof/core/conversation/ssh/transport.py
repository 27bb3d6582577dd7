"""Packets on the wire to messages and back: padding, numbers, and the box that keeps each direction. RFC 4253 §6."""

from typing import Final

from rawspoof.core.conversation.engines import Box

PACKET_MAX: Final = 35_000
"""Bytes of a packet that RFC 4253 §6.1 has everybody take; ours is no more."""
_PADDING_MIN: Final = 4


class Corrupt(ValueError):
    """The bytes are no packet; nothing that follows can be one. Says what OpenSSH would, if anything."""


class Plain:
    """Before there are keys."""

    block = 8
    aside = tag = 0
    head = 4

    def size(self, head: bytes, seq: int) -> int:
        return int.from_bytes(head)

    def open(self, wire: bytes, seq: int) -> bytes | None:
        return wire[4:]

    def seal(self, packet: bytes, seq: int) -> bytes:
        return packet


class Transport:
    """Both directions of a connection."""

    def __init__(self) -> None:
        self.heard: Box = Plain()
        self.said: Box = Plain()
        self.heard_seq = self.said_seq = 0

    def cut(self, wire: bytearray) -> tuple[bytes, int] | None:
        """The first message and how many bytes its packet took, None while it is not whole. Raises Corrupt."""
        box = self.heard
        if len(wire) < box.head:
            return None
        size = box.size(bytes(wire[: box.head]), self.heard_seq)
        if not 5 <= size <= PACKET_MAX or (size + 4 - box.aside) % box.block:
            raise Corrupt
        end = 4 + size + box.tag
        if len(wire) < end:
            return None
        packet = box.open(bytes(wire[:end]), self.heard_seq)
        if packet is None:
            raise Corrupt
        if packet[0] < _PADDING_MIN:
            raise Corrupt(f"Corrupted padlen {packet[0]} on input.")
        if packet[0] >= size - 1:
            raise Corrupt
        self.heard_seq = self.heard_seq + 1 & 0xFFFFFFFF
        return packet[1 : size - packet[0]], end

    def seal(self, message: bytes) -> bytes:
        """The packet of a message. Padding is zeros: nobody can see it once there are keys."""
        box = self.said
        padding = -(5 + len(message) - box.aside) % box.block
        padding += box.block if padding < _PADDING_MIN else 0
        length = 1 + len(message) + padding
        packet = length.to_bytes(4) + bytes([padding]) + message + bytes(padding)
        sealed = box.seal(packet, self.said_seq)
        self.said_seq = self.said_seq + 1 & 0xFFFFFFFF
        return sealed
