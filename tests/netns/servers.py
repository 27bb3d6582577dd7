"""Real servers in a lab: the same is said to them and to ours, in many talks side by side.

Knows when a server listens, and how long to wait for it: long for what ours says too, short for what is not to come.
Which servers, what they are told, and what may differ is in each test's own table.
"""

import socket
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Final, NamedTuple

from rawspoof.core.conversation.base import Then
from rawspoof.core.conversation.visit import Visit
from rawspoof.core.conversation.which import conversation
from rawspoof.core.signature.identity import Identity
from rawspoof.edges.lab.namespaces import Lab, Side
from tests.conversation.talks import NOON, whole
from tests.netns.sensors import until
from tests.netns.taps import SOURCE, TARGET

STARTS_S: Final = 20.0
ANSWER_S: Final = 10.0
"""For what ours says as well; on a busy machine a server takes its time."""
QUIET_S: Final = 1.0
"""For what is not to come: where ours says nothing, and after the last words of a talk."""
PAUSE_S: Final = 0.1
"""For what may follow an answer; anything later is found in front of the next one."""
END: Final = b"<end>"
"""Behind the last words of whoever closes."""

Chunk = bytes | Callable[[bytes], bytes]
"""What is sent, or what to make of the last answer."""


class Where(NamedTuple):
    """A port of a server, and the side that asks it."""

    port: int
    address: str = TARGET
    side: Side = "attacker"


class Talk(NamedTuple):
    """What one connection sends, piece by piece, and how much ours says: at first, and then to each piece."""

    where: Where
    sends: Sequence[Chunk]
    wanted: Sequence[bytes]


def listening(lab: Lab, where: Where) -> None:
    """Wait until a server listens."""
    until(lambda: _listens(lab, where), STARTS_S)


def _listens(lab: Lab, where: Where) -> bool:
    with lab.inside(where.side), socket.socket() as sock:
        return sock.connect_ex((where.address, where.port)) == 0


def dial(lab: Lab, where: Where) -> socket.socket:
    with lab.inside(where.side):
        return socket.create_connection((where.address, where.port), ANSWER_S)


def side_by_side(lab: Lab, talks: Mapping[str, Talk]) -> dict[str, list[bytes]]:
    """What the servers say in each talk: at first, and then to each piece."""
    for where in {talk.where for talk in talks.values()}:
        listening(lab, where)
    with ThreadPoolExecutor(len(talks)) as pool:
        return dict(zip(talks, pool.map(lambda talk: _heard(lab, talk), talks.values()), strict=True))


def _heard(lab: Lab, talk: Talk) -> list[bytes]:
    with dial(lab, talk.where) as client:
        # A greeting that ours does not have is found in front of the first answer.
        heard = [listen(client, talk.wanted[0]) if talk.wanted[0] or not talk.sends else b""]
        for number, chunk in enumerate(talk.sends, 1):
            if any(said.endswith(END) for said in heard):
                heard.append(b"")
                continue
            try:
                client.sendall(made(chunk, heard[-1]))
            except ConnectionError:
                heard.append(END)
                continue
            heard.append(listen(client, talk.wanted[number], PAUSE_S if number < len(talk.sends) else QUIET_S))
        return heard


def listen(client: socket.socket, wanted: bytes, after_s: float = QUIET_S) -> bytes:
    """What comes: as much as is wanted, and whatever follows it closely."""
    said = b""
    try:
        while True:
            client.settimeout(ANSWER_S if len(said) < len(wanted) else after_s if wanted else QUIET_S)
            more = client.recv(65536)
            if not more:
                return said + END
            said += more
    except TimeoutError:
        return said
    except ConnectionResetError:
        return said + END


def take(client: socket.socket, size: Callable[[bytes], int]) -> bytes:
    """The next answer of a protocol whose first four bytes tell how many follow; b"" where the server closes."""
    said = b""
    with suppress(ConnectionResetError):
        while (missing := 4 + (size(said[:4]) if len(said) >= 4 else 0) - len(said)) > 0:
            more = client.recv(missing)
            if not more:
                break
            said += more
    return said


def made(chunk: Chunk, last: bytes) -> bytes:
    return chunk if isinstance(chunk, bytes) else chunk(last)


def of_ours(who: Identity, sends: Sequence[Chunk]) -> list[bytes]:
    """What an identity says to somebody at the attacker's address, in the same form."""
    spoken = conversation(Visit(who, socket.inet_aton(SOURCE), 7))
    reply = whole(spoken, spoken.opened(NOON))
    heard, over = [reply.data], False
    for chunk in sends:
        reply = whole(spoken, spoken.heard(made(chunk, heard[-1]), NOON))
        ends, over = not over and reply.then is Then.CLOSE, over or reply.then is Then.CLOSE
        heard.append(reply.data + END * ends)
    return heard
