"""The server of Windows' files and printers, in all its versions."""

from rawspoof.core.conversation.smb.server import Smb

__all__ = ["Smb"]
