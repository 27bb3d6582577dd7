"""All cryptography in one object, as conversations ask for it."""

from rawspoof.core.conversation.engines import Papers
from rawspoof.edges.crypto.engines import CryptoEngines


def test_tls_is_there():
    name = (("CN", "web01.oakfield.lan"),)
    session = CryptoEngines(bytes(32)).tls(Papers(name, name, (), 1_700_000_000, 90, "classic", ()), 1.0)
    assert session is not None
    assert not session.ready
