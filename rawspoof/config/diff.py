"""What differs between two configurations, a line a key, and what becomes of it at a reload. Reads nothing."""

from collections.abc import Iterator

from rawspoof.config.keys import value
from rawspoof.config.model import Config
from rawspoof.config.reload import changed, needs_restart
from rawspoof.config.show import hidden, toml


def differences(old: Config, new: Config) -> Iterator[str]:
    """`world.kind: "maze" → "plausible"`, secrets hidden; and last, whether a reload takes it."""
    keys = changed(old, new)
    for key in keys:
        before, after = toml(hidden(key, value(old, key))), toml(hidden(key, value(new, key)))
        # What is hidden on both sides differs all the same.
        yield f"{key}: {before} → {after}{' (another)' if before == after else ''}"
    if not keys:
        yield "no difference"
        return
    waits = ", ".join(needs_restart(keys))
    yield f"# a reload takes none of it: a restart is needed for {waits}" if waits else "# a reload takes all of it"
