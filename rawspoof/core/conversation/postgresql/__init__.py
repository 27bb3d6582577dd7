"""PostgreSQL and what descends from it."""

from rawspoof.core.conversation.postgresql.speaker import Postgresql

__all__ = ["Postgresql"]
