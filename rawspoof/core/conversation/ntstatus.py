"""What Windows' services say of a request's fate. MS-ERREF §2.3.1; those that end in 2 are DOS's (MS-CIFS §2.2.2.4)."""

from typing import Final

OK: Final = 0
MORE: Final = 0xC0000016
INVALID_PARAMETER: Final = 0xC000000D
ACCESS_DENIED: Final = 0xC0000022
LOGON_FAILURE: Final = 0xC000006D
NOT_SUPPORTED: Final = 0xC00000BB
NAME_DELETED: Final = 0xC00000C9
"""STATUS_NETWORK_NAME_DELETED: there is no such tree."""
SESSION_DELETED: Final = 0xC0000203
"""STATUS_USER_SESSION_DELETED: there is no such session."""
BAD_TID: Final = 0x00050002
BAD_COMMAND: Final = 0x00160002
BAD_UID: Final = 0x005B0002
