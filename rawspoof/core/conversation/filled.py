"""Words of a signature file with the gaps that only a protocol's speaker can fill. Knows no protocol."""

from itertools import zip_longest


def filled(words: bytes, *values: bytes) -> bytes:
    """The words with each `%s` replaced by the next value; gaps without a value stay empty.

    No format string: what a peer sent is put in as it is, and odd words never raise.
    """
    pieces = words.split(b"%s")
    return b"".join(piece + value for piece, value in zip_longest(pieces, values[: len(pieces) - 1], fillvalue=b""))
