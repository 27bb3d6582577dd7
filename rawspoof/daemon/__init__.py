"""The supervisor and what it needs: see `supervisor` first."""

from rawspoof.daemon.detach import detached, rooted
from rawspoof.daemon.start import run

__all__ = ["detached", "rooted", "run"]
