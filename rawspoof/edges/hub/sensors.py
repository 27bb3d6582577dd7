"""The sensors of a fleet, as far as a hub has heard of them: how they are, and what they told. Bounded; thread-safe."""

from collections.abc import Callable, Container, Mapping
from threading import Lock
from typing import Any, Final

from rawspoof.edges.fleet.health import Health
from rawspoof.edges.sinks.base import Tally

SENSORS_MAX: Final = 1024
"""Sensors shown; the events of others are kept all the same."""
COUNTERS_MAX: Final = 64
"""Counters told of one sensor."""
TEXT_MAX: Final = 100
"""Letters of a host's name or version."""


class Sensor:
    """One of them."""

    __slots__ = ("event_at", "events", "health", "heard_at", "late_s", "refused")

    def __init__(self) -> None:
        self.heard_at: float | None = None
        """When anything of it came in at the broker."""
        self.event_at: float | None = None
        """When what it told of last happened there."""
        self.late_s = 0.0
        """How long that took to come."""
        self.events = self.refused = 0
        self.health: Health | None = None

    def hear(self, stamp: float) -> None:
        """Something of it came in."""
        self.heard_at = max(self.heard_at or stamp, stamp)


class Sensors:
    """All of them."""

    def __init__(self, silent_s: float, expected: Callable[[], Container[str] | None] = lambda: None) -> None:
        """`expected` names those who are to be heard of, None: everybody who ever was."""
        self._silent_s, self._expected, self._lock = silent_s, expected, Lock()
        self._known: dict[str, Sensor] = {}
        self.beyond = Tally(f"hub: told of sensors beyond {SENSORS_MAX}")
        self.behind = 0
        """Messages in the stream that were not read yet."""
        self.state = "not connected yet"
        """What stands between us and the broker, "" for nothing."""

    def told(self, sensor: str, at: float, stamp: float) -> None:
        """It told of something that happened at this moment."""
        with self._lock:
            if found := self._of(sensor):
                found.hear(stamp)
                found.event_at = max(found.event_at or at, at)
                found.late_s = max(stamp - at, 0.0)

    def refused(self, sensor: str) -> None:
        """Something came in its name that is no event."""
        with self._lock:
            if sensor and (found := self._of(sensor)):
                found.refused += 1

    def well(self, sensor: str, health: Health, stamp: float) -> None:
        """It told how it is."""
        with self._lock:
            if found := self._of(sensor):
                found.hear(stamp)
                found.health = health

    def kept(self, counts: Mapping[str, int]) -> None:
        """So many more events of each are in the store."""
        with self._lock:
            for sensor, count in counts.items():
                if sensor and (found := self._of(sensor)):
                    found.events += count

    def listed(self, now: float) -> list[dict[str, Any]]:
        """All of them as the API tells them, by name."""
        expected = self._expected()
        with self._lock:
            found = [self._listed(name, one, now) for name, one in sorted(self._known.items())]
        for one in found:
            if one["status"] == "silent" and expected is not None and one["name"] not in expected:
                one["status"] = "gone"
        return found

    def troubles(self, now: float) -> list[str]:
        """What is not well, a line each."""
        found = [f"broker: {self.state}"] if self.state else []
        for one in self.listed(now):
            if one["status"] == "silent":
                since = f"for {_span(now - one['heard_at'])}" if one["heard_at"] else "since this hub was started"
                found.append(f"sensor {one['name']}: nothing heard {since}")
            if one["lost"]:
                found.append(f"sensor {one['name']}: {one['lost']} events lost there")
        return found

    def _of(self, sensor: str) -> Sensor | None:
        found = self._known.get(sensor)
        if found is None and len(self._known) < SENSORS_MAX:
            found = self._known[sensor] = Sensor()
        elif found is None:
            self.beyond.add(1, sensor)
        return found

    def _listed(self, name: str, one: Sensor, now: float) -> dict[str, Any]:
        health = one.health
        return {
            "name": name,
            "status": "silent" if now - (one.heard_at or 0.0) > self._silent_s else "ok",
            "heard_at": one.heard_at,
            "event_at": one.event_at,
            "late_s": round(one.late_s, 3),
            "events": one.events,
            "refused": one.refused,
            "version": health.version[:TEXT_MAX] if health else "",
            "host": health.host[:TEXT_MAX] if health else "",
            "started_at": health.started_at if health else None,
            "waiting": max(health.waiting, 0) if health else 0,
            "lost": max(health.lost, 0) if health else 0,
            "workers": max(health.workers, 0) if health else 0,
            "counters": _counters(health),
        }


def _span(seconds: float) -> str:
    for length, unit in ((86_400.0, "days"), (3600.0, "hours"), (60.0, "min")):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} s"


def _counters(health: Health | None) -> dict[str, int]:
    if health is None:
        return {}
    plain = [(name, n) for name, n in health.counters.items() if name.isidentifier() and len(name) <= TEXT_MAX]
    return {name: max(number, 0) for name, number in plain[:COUNTERS_MAX]}
