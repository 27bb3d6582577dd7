"""Remote Desktop."""

from rawspoof.core.conversation.ms_wbt_server.server import Rdp

__all__ = ["Rdp"]
