"""Whether all is well: what waits, what was dropped, what has stopped. Decides what counts as trouble; asks nobody."""

import os
import resource
from collections.abc import Mapping
from typing import Any

from rawspoof import __version__
from rawspoof.edges.store.database import files as days
from rawspoof.edges.web.context import Context


def told(context: Context, kept: Mapping[str, Any]) -> dict[str, Any]:
    """The API's Health; `kept` is what `store` says."""
    sinks = context.sinks()
    counters, queues = dict(context.counters()), context.queues()
    with context.live.lock:
        events, forgotten = context.live.events, context.live.sources.forgotten.count
    reasons = troubles(sinks, counters, queues, context.config.sensor.queue_max)
    if context.fleet is not None:
        reasons += context.fleet.troubles(context.now())
    return {
        "status": "degraded" if reasons else "ok",
        "reasons": reasons,
        "version": __version__,
        "uptime_s": round(context.now() - context.live.started_at, 3),
        "memory_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        "queues": [
            {"number": n, "waiting": q.waiting, "dropped": q.dropped, "packets": q.packets} for n, q in queues.items()
        ],
        "counters": counters,
        "events": events,
        "sinks": sinks,
        "store": kept,
        "web": context.web,
        "forgotten": forgotten,
    }


def troubles(
    sinks: list[dict[str, Any]], counters: Mapping[str, int], queues: Mapping[int, Any], queue_max: int
) -> list[str]:
    """What is not well, a line each."""
    found = [f"sink {s['name']}: {s['failed']} batches failed" for s in sinks if s["failed"] and s["queued"]]
    found += [f"sink {sink['name']}: {sink['dropped']} events dropped" for sink in sinks if sink["dropped"]]
    found += [f"queue {n}: {q.dropped} packets dropped by the kernel" for n, q in queues.items() if q.dropped]
    found += [f"queue {n}: {q.waiting} packets wait" for n, q in queues.items() if q.waiting > queue_max // 2]
    found += [f"workers: {n} {name}" for name, n in counters.items() if n and name in ("errors", "events_dropped")]
    return found


def store(context: Context) -> dict[str, Any]:
    """How much of it there is. Reads the disk."""
    paths = days(context.store) if context.store else []
    size = sum(_size(f"{path}{end}") for path in paths for end in ("", "-wal"))
    return {"enabled": context.store is not None, "days": len(paths), "bytes": size}


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size
    except OSError:
        return 0
