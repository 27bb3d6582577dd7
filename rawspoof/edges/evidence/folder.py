"""The files of evidence: how they are called, how much there may be, and which go first. Knows no packet.

A file is named after the source's address, the scan and its first packet's moment: `ls` tells what there is, and no
text of an attacker's is in it.
"""

import os
import re
from collections import OrderedDict
from contextlib import suppress
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Final, NamedTuple

from rawspoof.config.model import Config

MODE: Final = 0o640
"""The operator and the group of a reader of captures; what is in them is other people's."""
BLOCK_BYTES: Final = 4096
"""What a file takes at least: quotas count in these, so that they bound the number of small files too."""
_NAME: Final = re.compile(r"([0-9a-f.-]+)_([0-9a-f]{16})_(\d{8}T\d{6}\.\d{6})\.pcap")


class Name(NamedTuple):
    """A file's name in its parts."""

    stamp: str
    """UTC of its first packet, `20250601T143207.841203`: names sort by age."""
    address: str
    """The source's; in the name of a file an IPv6 address has `-` for `:`."""
    scan: str

    def __str__(self) -> str:
        return f"{self.address.replace(':', '-')}_{self.scan}_{self.stamp}.pcap"


def folder_of(config: Config) -> Path:
    """Where evidence is kept."""
    return Path(config.sensor.state_dir, "evidence")


def name(source: bytes, scan: str, at: float) -> Name:
    """The name for evidence of a source (packed) that begins at a moment. Raises ValueError or the like for neither."""
    stamp = datetime.fromtimestamp(at, UTC).strftime("%Y%m%dT%H%M%S.%f")
    return Name(stamp, str(ip_address(source)), scan)


def named(text: str) -> Name | None:
    """The parts of a file's name, None if it is none of ours."""
    found = _NAME.fullmatch(text)
    return None if found is None else Name(found[3], found[1].replace("-", ":"), found[2])


def listed(path: Path) -> list[tuple[Name, int]]:
    """All files there with their sizes in bytes, the oldest first. Raises OSError."""
    found = []
    with os.scandir(path) as entries:
        for entry in entries:
            known = named(entry.name)
            if known is not None and entry.is_file(follow_symlinks=False):
                with suppress(FileNotFoundError):  # it went for a newer one just now
                    found.append((known, entry.stat().st_size))
    return sorted(found)


class Folder:
    """A folder of such files with its quotas: what is too much goes, the oldest first."""

    def __init__(self, path: Path, mb_max: int, total_mb_max: int) -> None:
        """`mb_max` MiB of one source, `total_mb_max` in all; counted in blocks. Raises OSError."""
        self.path = path
        self._max, self._total_max = mb_max << 20, total_mb_max << 20
        self._blocks: OrderedDict[Name, int] = OrderedDict()
        self._of: dict[str, OrderedDict[Name, None]] = {}
        self._sums: dict[str, int] = {}
        self.total = 0
        """Bytes that all files take."""
        self.removed = 0
        """Files that went for newer ones."""
        for known, size in listed(path):
            self._account(known, size)
        self._make_room(None)

    @property
    def file_bytes_max(self) -> int:
        """How large one file may grow: a quarter of what a source may have, so that three are there at any time."""
        return self._max // 4

    def create(self, new: Name, data: bytes) -> None:
        """Begin a file. Raises OSError."""
        self._write(new, os.O_CREAT | os.O_EXCL, data)
        self._account(new, len(data))
        self._make_room(new)

    def append(self, to: Name, data: bytes, size: int) -> None:
        """Add to a file, which is of `size` bytes then. Raises OSError: it is as it was before, or gone."""
        self._write(to, 0, data)
        self._account(to, size)
        self._make_room(to)

    def _write(self, to: Name, flags: int, data: bytes) -> None:
        path = self.path / str(to)
        fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW | flags, MODE)
        try:
            before, done = os.fstat(fd).st_size, 0
            try:
                while done < len(data):
                    done += os.write(fd, memoryview(data)[done:])
            except OSError:
                os.ftruncate(fd, before) if before else os.unlink(path)
                raise
        finally:
            os.close(fd)

    def _account(self, known: Name, size: int) -> None:
        blocks = -(-size // BLOCK_BYTES) * BLOCK_BYTES
        grown = blocks - self._blocks.get(known, 0)
        self._blocks[known] = blocks
        self._of.setdefault(known.address, OrderedDict())[known] = None
        self._sums[known.address] = self._sums.get(known.address, 0) + grown
        self.total += grown

    def _make_room(self, latest: Name | None) -> None:
        """Remove the oldest of this source, and of all, until neither is too much."""
        if latest is not None:
            while self._sums.get(latest.address, 0) > self._max:
                self._remove(next(iter(self._of[latest.address])))
        while self.total > self._total_max:
            self._remove(next(iter(self._blocks)))

    def _remove(self, known: Name) -> None:
        with suppress(FileNotFoundError):  # the operator was quicker
            os.unlink(self.path / str(known))
        self.removed += 1
        blocks = self._blocks.pop(known)
        self.total -= blocks
        self._sums[known.address] -= blocks
        del self._of[known.address][known]
        if not self._of[known.address]:
            del self._of[known.address], self._sums[known.address]
