"""SSH's data types to values and back. Knows layouts (RFC 4251 §5), no message."""

from collections.abc import Iterable


class Short(ValueError):
    """A message ends before what it is to hold."""


def string(value: bytes) -> bytes:
    """A `string`: its length, then itself."""
    return len(value).to_bytes(4) + value


def mpint(value: int) -> bytes:
    """A number that is not negative, as an `mpint`."""
    return string(value.to_bytes(value.bit_length() // 8 + 1) if value else b"")


def names(values: Iterable[str]) -> bytes:
    """A `name-list`."""
    return string(",".join(values).encode())


class Fields:
    """Reads a message from its beginning. Everything raises Short where the message is too short."""

    def __init__(self, message: bytes) -> None:
        self._rest = memoryview(message)

    def take(self, size: int) -> bytes:
        """The next bytes."""
        if size > len(self._rest):
            raise Short
        taken, self._rest = bytes(self._rest[:size]), self._rest[size:]
        return taken

    def byte(self) -> int:
        """A `byte`."""
        return self.take(1)[0]

    def boolean(self) -> bool:
        """A `boolean`."""
        return self.byte() != 0

    def uint32(self) -> int:
        """A `uint32`."""
        return int.from_bytes(self.take(4))

    def string(self) -> bytes:
        """A `string`."""
        return self.take(self.uint32())

    def names(self) -> list[str]:
        """A `name-list`; what is not ASCII in it is no name of ours and stays apart from any."""
        return self.string().decode("latin-1").split(",")
