"""What a MongoDB server tells everybody of itself. Knows documents, no messages.

Source: mongodb.com/docs/manual/reference/command/hello, …/buildInfo, of each release.
"""

import re
from collections.abc import Mapping
from hashlib import sha1
from typing import Final

from rawspoof.core.conversation.mongodb.bson import Long, Moment, ObjectId, Value
from rawspoof.core.conversation.visit import Visit

_WIRE: Final = (
    ((5, 0), 13), ((4, 4), 9), ((4, 2), 8), ((4, 0), 7), ((3, 6), 6), ((3, 4), 5), ((3, 2), 4), ((3, 0), 3),
    ((2, 6), 2),
)  # fmt: skip
_OPENSSL: Final = "OpenSSL 1.1.1f  31 Mar 2020"
_DOCUMENT_MAX: Final = 16 * 1024 * 1024


def version(visit: Visit) -> tuple[int, ...]:
    """The version as numbers."""
    return tuple(int(n) for n in re.findall(r"\d+", shown(visit))[:3]) or (0,)


def shown(visit: Visit) -> str:
    """The version as the server shows it: the set's `ver`, that of servers that do not show it to scanners too."""
    return visit.fact("ver", b"3.4.24").decode("latin-1")


def wire_version(release: tuple[int, ...]) -> int:
    """The last version of the wire protocol that a release speaks."""
    return next((wire for since, wire in _WIRE if release >= since), 0)


def hello(visit: Visit, modern: bool, hello_ok: bool, at: float) -> Mapping[str, Value]:
    """What `hello` (`modern`) and `isMaster` are answered by a server that stands alone."""
    release = version(visit)
    wire = wire_version(release)
    told: dict[str, Value] = {}
    if hello_ok and release >= (4, 4, 2):
        told["helloOk"] = True
    told["isWritablePrimary" if modern else "ismaster"] = True
    if wire >= 9:
        told["topologyVersion"] = {"processId": _process(visit), "counter": Long(0)}
    told |= {"maxBsonObjectSize": _DOCUMENT_MAX, "maxMessageSizeBytes": 48_000_000, "localTime": Moment(at)}
    if wire >= 2:
        told["maxWriteBatchSize"] = 100_000 if wire >= 6 else 1000
    if wire >= 6:
        told["logicalSessionTimeoutMinutes"] = 30
    if release >= (4, 2):
        told["connectionId"] = 1 + int(at) % 100_000
    return {**told, "minWireVersion": 0, "maxWireVersion": wire, "readOnly": False, "ok": 1.0}


def build_info(visit: Visit) -> Mapping[str, Value]:
    """What `buildInfo` is answered."""
    release = version(visit)
    ssl: Value = {"running": _OPENSSL, "compiled": _OPENSSL}
    # Ours: which commit a release was made of is not known here; it has the shape of one.
    commit = sha1(shown(visit).encode(), usedforsecurity=False).hexdigest()
    return {
        "version": shown(visit),
        "gitVersion": commit,
        "modules": [],
        "allocator": "tcmalloc",
        "javascriptEngine": "mozjs" if release >= (3, 2) else "V8",
        "sysInfo": "deprecated",
        "versionArray": [*release, *[0] * (4 - len(release))],
        "openssl": ssl,
        "bits": 64,
        "debug": False,
        "maxBsonObjectSize": _DOCUMENT_MAX,
        "ok": 1.0,
    }


def _process(visit: Visit) -> ObjectId:
    return ObjectId(sha1(visit.fact("fqdn") + visit.fact("seed"), usedforsecurity=False).digest()[:12])
