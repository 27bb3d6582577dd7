"""Java's debugger port."""

from rawspoof.core.conversation.jdwp.speaker import Jdwp

__all__ = ["Jdwp"]
