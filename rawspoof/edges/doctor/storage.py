"""Whether what the sensor keeps has room, is let in, is kept from others' eyes, and does not grow for ever.

Looks at files and file systems; changes nothing. PermissionError where we may not look.
"""

import os
import pwd
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from rawspoof.config.model import Config
from rawspoof.edges.doctor.finding import Finding, advice, good, trouble
from rawspoof.edges.evidence.folder import folder_of
from rawspoof.edges.sinks.asked import store_folder
from rawspoof.edges.system import secret

INODES_MIN: Final = 10_000
"""Evidence is many small files."""
_MIB: Final = 1 << 20
_PASSING: Final = frozenset({"tmpfs", "ramfs", "overlay"})
"""File systems that are empty after a restart; a container's own layer is."""


def storage(config: Config, path: str, root: Path) -> Iterator[Finding]:
    """Everything about files; `path` is the configuration's, "" where there is none."""
    state = Path(config.sensor.state_dir)
    yield from _room(config)
    yield from _kept(state, root)
    yield from _state_rights(state)
    yield from _reach(config)
    for file in _secrets(config, path):
        yield from _private(file)
    yield from _rotation(config, root)


def _room(config: Config) -> Iterator[Finding]:
    """Whether each file system could hold what may yet be written there."""
    wanted: dict[int, tuple[Path, int]] = {}
    for folder, most in _growing(config):
        there = _existing(folder)
        device = there.stat().st_dev
        known, sum_ = wanted.get(device, (there, 0))
        wanted[device] = known, sum_ + max(0, most - _used(folder))
    for there, more in wanted.values():
        found = os.statvfs(there)
        if found.f_flag & os.ST_RDONLY:
            yield trouble("storage.read-only", f"{there} cannot be written", "name another place in sensor.state_dir")
            continue
        free = found.f_bavail * found.f_frsize
        if free < more:
            what = f"{there} has {free // _MIB} MiB free; store, evidence and logs may take {more // _MIB} more"
            cure = "lower store.mb_max and evidence.total_mb_max, or make room"
            yield advice("storage.space", what, cure)
        else:
            yield good("storage.space", f"{there} has {free // _MIB} MiB free, {more // _MIB} may be needed")
        # File systems without a table of inodes say 0 of 0.
        if found.f_files and found.f_favail < INODES_MIN:
            yield advice(
                "storage.inodes", f"{there} has room for {found.f_favail} more files only", "remove small files"
            )


def _growing(config: Config) -> Iterator[tuple[Path, int]]:
    """Each folder that grows, and the bytes at which it stops."""
    yield Path(config.sensor.state_dir), _MIB
    if config.store.enabled:
        yield store_folder(config), config.store.mb_max * _MIB
    if config.evidence.enabled:
        yield folder_of(config), config.evidence.total_mb_max * _MIB
    for name in _logs(config):
        yield Path(name).parent, config.events.rotate_mb * (config.events.rotate_keep + 1) * _MIB


def _used(folder: Path) -> int:
    """Bytes of the files in a folder of ours; 0 where there is none."""
    with suppress(FileNotFoundError, NotADirectoryError):
        return sum(entry.stat(follow_symlinks=False).st_size for entry in os.scandir(folder) if entry.is_file())
    return 0


def _existing(folder: Path) -> Path:
    """The folder, or the nearest one above that is there."""
    return next(one for one in (folder, *folder.absolute().parents) if one.is_dir())


def _kept(state: Path, root: Path) -> Iterator[Finding]:
    kind = _file_system(_existing(state).resolve(), root)
    if kind in _PASSING:
        what = f"{state} is on {kind}, gone at the next start: every port would be dealt anew"
        yield advice("storage.passing", what, "have sensor.state_dir on a disk (in a container: on a volume)")


def _file_system(path: Path, root: Path) -> str:
    """The kind of file system that a path is on, "" where nobody says."""
    best, kind = -1, ""
    with suppress(OSError):
        for line in (root / "proc/self/mountinfo").read_text().splitlines():
            mounted, _, rest = line.partition(" - ")
            point = mounted.split()[4]
            if path.is_relative_to(point) and len(point) >= best:
                best, kind = len(point), rest.split()[0]
    return kind


def _state_rights(state: Path) -> Iterator[Finding]:
    with suppress(FileNotFoundError):
        found = state.stat()
        if found.st_mode & stat.S_IWOTH and not found.st_mode & stat.S_ISVTX:
            yield advice("storage.state-writable", f"anybody may write in {state}", f"chmod o-w {state}")


def _reach(config: Config) -> Iterator[Finding]:
    """Whether the collector gets to its folders. Who is not root stays who they are, whatever sensor.user says."""
    there = _existing(Path(config.sensor.state_dir).absolute())
    owner = there.stat().st_uid
    try:
        user = pwd.getpwuid(owner) if owner else pwd.getpwnam(config.sensor.user)
    except KeyError:
        return
    for folder in (there, *there.parents):
        found = folder.stat()
        bit = stat.S_IXUSR if found.st_uid == user.pw_uid else stat.S_IXGRP if found.st_gid == user.pw_gid else 1
        if not found.st_mode & bit and user.pw_uid:
            what = f"the user {user.pw_name!r} may not enter {folder}, where store and evidence would be"
            yield advice("storage.reach", what, f"chmod o+x {folder}, or name another place in sensor.state_dir")
            return


def _secrets(config: Config, path: str) -> Iterator[Path]:
    """Files that nobody but their owner should read, as far as they are named."""
    named = [str(secret.path(config)), config.mail.smtp_password_file, config.mail.json_file]
    for sink in config.sink:
        named += [getattr(sink, key, "") for key in ("secret_file", "url_file")]
    if config.admin.port:
        named.append(config.admin.key_file or f"{config.sensor.state_dir}/admin.key")
    if config.mail.smtp_password:
        named.append(path)
    yield from map(Path, dict.fromkeys(filter(None, named)))


def _private(file: Path) -> Iterator[Finding]:
    with suppress(FileNotFoundError):
        if file.stat().st_mode & (stat.S_IROTH | stat.S_IWOTH):
            what = f"{file} holds a secret, and anybody on this machine may read it"
            yield advice("storage.secret-mode", what, f"chmod 600 {file}")
        else:
            yield good("storage.secret-mode", f"{file} is kept from others")


def _rotation(config: Config, root: Path) -> Iterator[Finding]:
    for name in _logs(config):
        if not Path(name).absolute().parent.is_dir():
            what = f"there is no folder for {name}"
            yield trouble("storage.folder", what, f"mkdir -p {Path(name).absolute().parent}")
    if config.events.rotate_mb:
        return
    rules = "".join(_text(path) for path in (root / "etc/logrotate.d").glob("*"))
    for name in _logs(config):
        if name not in rules and f"{Path(name).parent}/*" not in rules:
            what = f"{name} grows for ever"
            yield advice("storage.rotation", what, "set events.rotate_mb, or have logrotate see to it")


def _logs(config: Config) -> list[str]:
    return [name for name in (config.events.file, config.events.log_file) if name not in ("", "-")]


def _text(path: Path) -> str:
    try:
        return path.read_text(errors="replace") if path.is_file() else ""
    except PermissionError:
        return ""
