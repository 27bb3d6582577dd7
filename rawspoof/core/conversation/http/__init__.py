"""HTTP/1, as servers and devices of many makers speak it."""

from rawspoof.core.conversation.http.speaker import Http

__all__ = ["Http"]
