"""memcached, by text and in binary."""

from rawspoof.core.conversation.memcached.speaker import Memcached

__all__ = ["Memcached"]
