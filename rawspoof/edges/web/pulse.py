"""The numbers that everybody looks at, made once for all of them. Knows no client."""

from typing import Any, Final

from rawspoof import __version__
from rawspoof.edges.web.context import Context
from rawspoof.edges.web.queues import Packets
from rawspoof.edges.web.rates import SECONDS, Ring

FRESH_S: Final = 0.25
"""How old what is answered may be."""


class Pulse:
    """Stats and rates. `beat` is to be called once a second."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._packets, self._per_second = Packets(), Ring()
        self._stats: dict[str, Any] = {}
        self._made_at = float("-inf")

    def beat(self) -> None:
        """Count the packets of the second that is over."""
        self._per_second.add(self._context.now(), self._packets.see(self._context.queues()))

    def stats(self) -> dict[str, Any]:
        """The fields of Stats."""
        now = self._context.now()
        if not 0 <= now - self._made_at < FRESH_S:
            self._stats, self._made_at = self._make(now), now
        return self._stats

    def rates(self) -> dict[str, Any]:
        """The fields of Rates."""
        live, now = self._context.live, self._context.now()
        with live.lock:
            connections = live.rate.last(now, SECONDS)
        moments = [int(now) - SECONDS + n for n in range(SECONDS)]
        return {"at": moments, "packets_per_s": self._per_second.last(now, SECONDS), "connections_per_s": connections}

    def _make(self, now: float) -> dict[str, Any]:
        context, live = self._context, self._context.live
        with live.lock:
            counted, blocked = live.counts(now), len(live.blocks)
        uptime_s = max(now - live.started_at, 0.0)
        return {
            "uptime": duration(uptime_s),
            **counted,
            "version": __version__,
            "at": now,
            "uptime_s": round(uptime_s, 3),
            "packets": self._packets.total,
            "packets_per_s": self._per_second.last(now, 1)[0],
            "blocked": blocked,
            "geoip": bool(context.config.admin.geoip_file),
            "role": "sensor" if context.fleet is None else "hub",
            "sensors": 0 if context.fleet is None else len(context.fleet.listed(now)),
        }


def duration(seconds: float) -> str:
    """As portspoof-py writes it: `2h 14m 37s`."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}h {minutes}m {rest}s"
