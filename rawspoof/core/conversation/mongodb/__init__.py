"""MongoDB."""

from rawspoof.core.conversation.mongodb.speaker import Mongodb

__all__ = ["Mongodb"]
