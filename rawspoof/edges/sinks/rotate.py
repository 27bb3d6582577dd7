"""When a log has grown too long: its lines go to `log.1`, those of `log.1` to `log.2`, and so on; the last ones go.

Where the user who writes may not move files, lines are copied instead, into files that root opened at the start.
Knows no line and no format.
"""

import logging
import os
import stat
from itertools import pairwise
from typing import Final

from rawspoof.edges.sinks.base import Tally
from rawspoof.edges.system import privileges

MODE: Final = 0o640
"""The operator and the group of a log reader; the lines tell who visited."""

log = logging.getLogger(__name__)


class Rotation:
    """The older files of one log, and when it is time for another."""

    def __init__(self, path: str, bytes_max: int, keep: int, user: str) -> None:
        """To be made by root; used by `user`, as which `keep` files of at most `bytes_max` are left beside `path`.

        Raises OSError where there is no such folder, or nothing can be made in it.
        """
        folder, self._name = os.path.split(path)
        self._limit = self._bytes_max = bytes_max
        self._keep = keep
        self._failed = Tally(f"{path}: not rotated")
        self._folder = os.open(folder or ".", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        self._copies: list[int] = []
        if not _may_move(os.fstat(self._folder), user):
            log.warning(
                "%s: rotated by copying, for %s may not move files in its folder: give it one of its own", path, user
            )
            self._copies = [self._open(number, os.O_RDWR) for number in range(1, keep + 1)]

    def due(self, fd: int, coming: int) -> bool:
        """Whether `coming` bytes more are too many; never for a file without lines, or for what is no file."""
        about = os.fstat(fd)
        return stat.S_ISREG(about.st_mode) and about.st_size > 0 and about.st_size + coming > self._limit

    def turn(self, fd: int) -> int:
        """The open file to go on with, empty. Where that fails it is `fd` as it was, for that much more."""
        try:
            fd = self._copy(fd) if self._copies else self._move(fd)
            self._limit = self._bytes_max
        except OSError as error:
            self._failed.add(1, error.strerror)
            self._limit = os.fstat(fd).st_size + self._bytes_max
        return fd

    def close(self) -> None:
        """Let go of all files but the log itself."""
        for fd in (self._folder, *self._copies):
            os.close(fd)

    def _move(self, fd: int) -> int:
        for number in range(self._keep, 0, -1):
            try:
                os.rename(self._at(number - 1), self._at(number), src_dir_fd=self._folder, dst_dir_fd=self._folder)
            except FileNotFoundError:
                continue
        fresh = self._open(0, os.O_RDWR | os.O_APPEND)
        os.close(fd)
        return fresh

    def _copy(self, fd: int) -> int:
        """From the oldest to the newest, so that a full disk loses no line: the log is emptied last."""
        files = [fd, *self._copies]
        for source, to in reversed([*pairwise(files)]):
            os.ftruncate(to, 0)
            os.lseek(to, 0, os.SEEK_SET)
            size, done = os.fstat(source).st_size, 0
            while done < size:
                done += os.sendfile(to, source, done, size - done)
        os.ftruncate(fd, 0)
        return fd

    def _at(self, number: int) -> str:
        return f"{self._name}.{number}" if number else self._name

    def _open(self, number: int, flags: int) -> int:
        return os.open(self._at(number), flags | os.O_CREAT | os.O_CLOEXEC, MODE, dir_fd=self._folder)


def _may_move(folder: os.stat_result, user: str) -> bool:
    """Whether this user may rename the files in a folder, as its permissions say."""
    uid, gid = privileges.owner(user) or (os.geteuid(), os.getegid())
    if uid == 0:
        return True
    if folder.st_uid == uid:
        return bool(folder.st_mode & stat.S_IWUSR)
    # In a sticky folder, such as /tmp, everybody moves only what is theirs; the log is root's.
    if folder.st_mode & stat.S_ISVTX:
        return False
    return bool(folder.st_mode & (stat.S_IWGRP if gid == folder.st_gid else stat.S_IWOTH))
