"""Directories: LDAP (RFC 4511, RFC 4513)."""

from rawspoof.core.conversation.ldap.speaker import Ldap

__all__ = ["Ldap"]
