"""All that is kept of a source or a scan as one capture, in order of time. Reads files, writes one; knows no packet."""

from collections.abc import Callable, Iterable
from operator import attrgetter
from pathlib import Path
from typing import BinaryIO

from rawspoof.edges.evidence.folder import Name
from rawspoof.edges.link.capture import CaptureError, Frame, frames
from rawspoof.edges.link.recorder import FILE_HEADER, record


def merge(folder: Path, names: Iterable[Name], out: BinaryIO, complain: Callable[[str], None]) -> int:
    """Write the packets of these files to `out` and say how many there were; `evidence.mb_max` of memory is needed.

    A file that breaks off, or goes meanwhile, is complained of in a line; what could be read of it is there.
    """
    found: list[Frame] = []
    for name in names:
        try:
            with open(folder / str(name), "rb") as file:
                found.extend(frames(file))
        except (CaptureError, FileNotFoundError) as error:
            complain(f"{name}: {error}")
    out.write(FILE_HEADER)
    # Files of one worker follow one another; with several workers they overlap.
    for frame in sorted(found, key=attrgetter("at")):
        out.write(record(frame.at, frame.data))
    return len(found)
