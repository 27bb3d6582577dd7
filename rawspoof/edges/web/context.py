"""What the web admin is given to work with. Values and the narrow views it has of other rooms; does nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from rawspoof.config.model import Config
from rawspoof.core.world.world import World
from rawspoof.edges.sinks.lane import Lane
from rawspoof.edges.web.live import Live


class Orders(Protocol):
    """Whoever can block: the supervisor, at the other end of a socket. Slow: not for the server's own thread."""

    def block(self, address: bytes, seconds: float) -> str:
        """Block a source; 0 seconds: as long as configured. "", or why not. Raises OSError where nobody answers."""

    def unblock(self, address: bytes) -> str:
        """Let it in again. The same."""


class Fleet(Protocol):
    """The sensors of a hub."""

    @property
    def behind(self) -> int:
        """Messages that wait at the broker."""

    def listed(self, now: float) -> list[dict[str, Any]]:
        """Each of them, as the API tells it."""

    def troubles(self, now: float) -> list[str]:
        """What is not well with them or with the way to them, a line each."""


class Mail(Protocol):
    """The settings of mail. Slow too."""

    def told(self) -> dict[str, Any]:
        """As the API tells them, the password as asterisks."""

    def save(self, wish: Mapping[str, Any]) -> None:
        """Keep those that are given. Raises ValueError for what cannot be, OSError where it cannot be kept."""

    def test(self) -> None:
        """Send a mail now. Raises ValueError where settings are wrong, OSError for what the server would not do."""


@dataclass(slots=True)
class Context:
    """All of it."""

    config: Config
    live: Live
    world: World | None
    """None on a hub, which plays none."""
    address: bytes
    """Ours, packed: asked for where none is named."""
    personality: str
    now: Callable[[], float]
    """Seconds since the epoch."""
    fleet: Fleet | None = None
    """The sensors, on a hub."""
    store: Path | None = None
    evidence: Path | None = None
    orders: Orders | None = None
    mail: Mail | None = None
    lanes: Sequence[Lane] = ()
    trials: Mapping[str, Callable[[], None]] = field(default_factory=dict)
    """What sends an event of a test, by the sink's name. Slow; raises OSError."""
    counters: Callable[[], Mapping[str, int]] = dict
    """What the workers and the collector counted."""
    queues: Callable[[], Mapping[int, "Queue"]] = dict
    names: tuple[str, ...] = ()
    """Host names that requests may be for, beside addresses."""
    web: dict[str, int] = field(default_factory=lambda: {"watching": 0, "skipped": 0, "refused": 0, "logins_failed": 0})
    """What the server counts."""

    def sinks(self) -> list[dict[str, Any]]:
        """Every sink and what waits for it, as the API tells them."""
        return [
            {
                "name": lane.sink.name,
                "kind": type(lane.sink).__name__.lower(),
                "queued": len(lane),
                "written": lane.written,
                "failed": lane.failed.count,
                "dropped": lane.dropped.count,
                "testable": lane.sink.name in self.trials,
            }
            for lane in self.lanes
        ]


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue of the kernel's, see `queues`."""

    waiting: int
    dropped: int
    """Packets for which there was no room."""
    packets: int
    """That came since a worker began to read it."""
