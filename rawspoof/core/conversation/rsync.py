"""An rsync daemon: versions and digests, the list of modules, and a challenge that nobody answers rightly.

Which modules there are is in the file. rsync(1), rsyncd.conf(5), `how-rsync-works`.
"""

import re
from base64 import b64encode
from enum import Enum
from typing import Final

from rawspoof.core.conversation.base import Credential, Reply, Then
from rawspoof.core.conversation.speaker import Speaker
from rawspoof.core.conversation.visit import Visit

_HELLO = re.compile(rb"@RSYNCD: (\d{1,4})(?:\.\d{1,4})?(?: ([ -~]*))?$")
_DIGESTS: Final = {b"sha512": 64, b"sha256": 32, b"sha1": 20, b"md5": 16, b"md4": 16}
"""Bytes of each digest; a challenge is as long as one."""
_MD5_SINCE: Final = 30
_UNABLE: Final = b"@ERROR: your client does not support one of our daemon-auth checksums: %b\n"
_NAME_MAX: Final = 256
_MODULES: Final = b"backup         \tnightly backups\nexport         \texports\n"


class Stage(Enum):
    """What the client's next line is."""

    VERSION = "version"
    MODULE = "module"
    PROOF = "proof"


class Rsync(Speaker):
    """A daemon whose modules all want a user. Words of its file: `modules`, lines as `rsync host::` shows them."""

    requests_max = 20
    patience_s = 60.0

    def __init__(self, visit: Visit) -> None:
        super().__init__(visit)
        self._stage = Stage.VERSION
        self._digest = b"md5"
        self._module = b""
        self._unable = b""
        """Our digests, where the client knows none of them."""

    def answer(self, request: bytes, at: float) -> Reply | None:
        """Version, module, proof: in that order, and then it is over."""
        if self._stage is Stage.VERSION:
            return self._agree(request, at)
        if self._stage is Stage.MODULE:
            return self._enter(request, at)
        user, _, proof = request.partition(b" ")
        noted = (Credential(f"rsync {self._digest.decode()}", user, self._challenge() + b":" + proof),)
        return Reply(b"@ERROR: auth failed on module %b\n" % self._module, Then.CLOSE, notes=noted)

    def _agree(self, request: bytes, at: float) -> Reply:
        hello = _HELLO.match(request)
        if hello is None:
            return Reply(b"@ERROR: protocol startup error\n", Then.CLOSE)
        self._stage = Stage.MODULE
        offered = (hello[2] or b"").split()
        ours = self.greet(at).split()[2:]
        common = [name for name in offered if name in ours and name in _DIGESTS]
        if offered and ours and not common:
            self._unable = b" ".join(ours)
        self._digest = common[0] if common else b"md5" if int(hello[1]) >= _MD5_SINCE else b"md4"
        return Reply(b"", Then.LISTEN)

    def _enter(self, request: bytes, at: float) -> Reply:
        if request.startswith(b"#early_input="):
            return Reply(b"", Then.LISTEN)
        modules = self.visit.word("modules", at, _MODULES)
        if request in (b"", b"#list"):
            return Reply(modules + b"@RSYNCD: EXIT\n", Then.CLOSE)
        if request.startswith(b"#"):
            return Reply(b"@ERROR: Unknown command '%b'\n" % request[:_NAME_MAX], Then.CLOSE)
        if request not in [module.partition(b"\t")[0].rstrip() for module in modules.splitlines()]:
            return Reply(b"@ERROR: Unknown module '%b'\n" % request[:_NAME_MAX], Then.CLOSE)
        if self._unable:
            return Reply(_UNABLE % self._unable, Then.CLOSE)
        self._stage, self._module = Stage.PROOF, request
        return Reply(b"@RSYNCD: AUTHREQD %b\n" % self._challenge(), Then.LISTEN)

    def _challenge(self) -> bytes:
        return b64encode(self.visit.octets(b"rsync", _DIGESTS[self._digest])).rstrip(b"=")
