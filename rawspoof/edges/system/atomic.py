"""Files that change as a whole: whoever reads one sees it as it was or as it is. Knows nothing of what is in them."""

import os
from pathlib import Path

from rawspoof.edges.system import privileges


def write(path: Path, data: bytes, mode: int = 0o644, lasting: bool = False) -> None:
    """Put these bytes in the place of a file's. Raises OSError; then the file is as it was.

    `lasting` waits until the disk has them, so that they are there after a power cut too. One writer at a time. What
    root writes belongs to the folder's owner, so that a service that is not root can read what root says to it there.
    """
    new = path.with_name(f".{path.name}.new")
    fd = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, mode)
    try:
        with os.fdopen(fd, "wb") as file:
            if privileges.is_root():
                folder = path.parent.stat()
                os.fchown(fd, folder.st_uid, folder.st_gid)
            file.write(data)
            file.flush()
            if lasting:
                os.fsync(fd)
        os.replace(new, path)
    except OSError:
        new.unlink(missing_ok=True)
        raise
