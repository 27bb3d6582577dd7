"""Redis behind a password."""

from rawspoof.core.conversation.redis.speaker import Redis

__all__ = ["Redis"]
