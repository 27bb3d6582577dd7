"""MySQL, MariaDB and their kin."""

from rawspoof.core.conversation.mysql.speaker import Mysql

__all__ = ["Mysql"]
