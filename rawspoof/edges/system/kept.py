"""Made forms of signature files, kept in a folder for the next start. Knows no format of theirs."""

import os
import tempfile
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import Final

import msgspec

from rawspoof import __version__
from rawspoof.core.signature.imported import Pressed

FORMAT: Final = 1
"""Of what is kept; a higher one whenever other texts are made of the same file."""

KEPT_MAX: Final = 16
"""Made forms that are kept; the oldest goes for a new one."""


def name(text: str, secret: bytes, *wishes: str) -> str:
    """A file name that another text, secret, wish or version does not have, and that tells nothing of them."""
    told = blake2b(digest_size=20, key=secret[:32])
    told.update(repr((FORMAT, __version__, *wishes)).encode())
    told.update(text.encode("latin-1"))
    return f"{told.hexdigest()}.msgpack"


def recall(path: Path) -> Pressed | None:
    """What is kept there, if it is whole and nobody else wrote it."""
    try:
        if path.stat().st_uid != os.geteuid():
            return None
        return msgspec.msgpack.decode(path.read_bytes(), type=Pressed)
    except (OSError, msgspec.DecodeError):
        return None


def keep(path: Path, made: Pressed) -> None:
    """Keep it, or not: where nothing can be written, the next start takes as long as this one."""
    with suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, new = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(msgspec.msgpack.encode(made))
        os.replace(new, path)
        by_age = sorted(path.parent.glob("*.msgpack"), key=lambda kept: kept.stat().st_mtime)
        for old in by_age[:-KEPT_MAX]:
            old.unlink()
