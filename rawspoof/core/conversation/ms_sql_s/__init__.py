"""Microsoft SQL Server."""

from rawspoof.core.conversation.ms_sql_s.speaker import MsSqlServer

__all__ = ["MsSqlServer"]
