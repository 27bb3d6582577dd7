"""Why a far end could not be told, in words for whoever has to mend it. Pure; knows exceptions, no far end."""

import socket


def words(error: Exception) -> str:
    """What went wrong, on one line, with the cure where there is one that can be known from here."""
    # Only ssl's own exception has it, and ssl takes a while to import: most sensors have no use for it.
    if why := getattr(error, "verify_message", ""):
        return f"its certificate is not as it should be: {why} (ca_file, and the host's name in url)"
    if not isinstance(error, OSError):
        return repr(error)
    if isinstance(error, socket.gaierror):
        return f"no address for this host: {error.strerror}"
    return error.strerror or str(error) or type(error).__name__
