"""Keeps files of who is blocked in step with the events of blocks: a sink, whose place is a folder.

Only proven sources are told to others: what a person blocked by hand is that person's business.
"""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final

from rawspoof.core.event import AnyEvent, BlockAdded, BlockRemoved
from rawspoof.core.watch.blocklist import OPERATOR, Blocked
from rawspoof.edges.feeds import lists, misp, stix
from rawspoof.edges.feeds.offender import Offender, of_event, of_list
from rawspoof.edges.system import atomic

NAME: Final = "blocked"
MISP: Final = "misp"

LISTS: Final[dict[str, Callable[[Sequence[Offender], float], str]]] = {
    "txt": lists.plain,
    "csv": lists.csv,
    "nft": lists.nft,
    "ipset": lists.ipset,
    "fail2ban": lists.fail2ban,
    "rpz": lists.rpz,
}
"""By the ending of the file."""


class Feeds:
    """The Sink. A batch whose files cannot be written comes again."""

    def __init__(self, folder: Path, observer: str, blocked: Iterable[Blocked], now: Callable[[], float]) -> None:
        """Begin with those who are blocked already, and write that. Raises OSError."""
        self.name = str(folder)
        self._folder, self._observer, self._now = folder, observer, now
        self._offenders = {one.address: of_list(one) for one in blocked if one.deed.reason != OPERATOR}
        self._written_at = 0
        self._changed = True
        self._put()

    def write(self, batch: Sequence[AnyEvent], first: int = 0) -> None:
        """Write the files anew if these events change them."""
        for event in batch:
            if isinstance(event, BlockAdded) and event.reason != OPERATOR:
                self._offenders[event.src] = of_event(event)
                self._changed = True
            elif isinstance(event, BlockAdded | BlockRemoved):
                self._changed |= self._offenders.pop(event.src, None) is not None
        if self._changed:
            self._put()

    def reopen(self) -> None:
        """Write them again: somebody may have tidied up."""
        self._put()

    def close(self) -> None:
        """They stay as they are."""

    def _put(self) -> None:
        # The zone's serial has to rise, however often a second it is written.
        now = max(int(self._now()), self._written_at + 1)
        who = list(self._offenders.values())
        for ending, text in LISTS.items():
            atomic.write(self._folder / f"{NAME}.{ending}", text(who, now).encode())
        atomic.write(self._folder / f"{NAME}.stix.json", stix.bundle(who, self._observer))
        (self._folder / MISP).mkdir(exist_ok=True)
        for name, data in misp.files(who, now, self._observer).items():
            atomic.write(self._folder / MISP / name, data)
        self._written_at, self._changed = now, False
