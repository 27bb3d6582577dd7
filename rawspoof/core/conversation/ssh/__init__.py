"""SSH, up to the point where a login is refused."""

from rawspoof.core.conversation.ssh.speaker import Ssh

__all__ = ["Ssh"]
