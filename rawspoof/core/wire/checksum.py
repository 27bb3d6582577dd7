"""The Internet checksum of RFC 1071, as one remainder instead of a loop. Knows bytes, no headers."""


def total(data: bytes) -> int:
    """The one's-complement sum of the 16-bit words of `data` (odd lengths padded), as a number modulo 65535.

    2^16 is 1 modulo 65535, so a number's remainder is the sum of its 16-bit digits (RFC 1071 §2): whole headers add
    up in one division, and 32-bit fields may be added as they are.
    """
    number = int.from_bytes(data, "big")
    return (number << 8 if len(data) & 1 else number) % 65535


def field(sum_of_words: int) -> int:
    """The checksum field for words that add up to `sum_of_words` (the field itself counted as zero).

    0 to 65534: of the two zeros of one's complement, every stack sends 0 in the sum of a packet (RFC 1071 §4.1).
    """
    return -sum_of_words % 65535


def holds(sum_of_words: int) -> bool:
    """Whether words that include their checksum field add up to zero."""
    return sum_of_words % 65535 == 0
