"""Telnet: options, a line that is typed, and a login that fails."""

from rawspoof.core.conversation.telnet.login import Telnet

__all__ = ["Telnet"]
