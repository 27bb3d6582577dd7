"""How a machine without a network reaches package archives: an HTTP proxy that listens in there and connects out here.

It hands bytes on and knows no more of HTTP than the first line.
"""

import asyncio
import socket
from threading import Thread
from urllib.parse import urlsplit

HEAD_BYTES_MAX = 1 << 16
CONNECT_S = 30.0


def start(listener: socket.socket) -> None:
    """Serve on this listening socket for as long as this process lives."""
    Thread(target=lambda: asyncio.run(_serve(listener)), daemon=True).start()


async def _serve(listener: socket.socket) -> None:
    server = await asyncio.start_server(_guest, sock=listener, limit=HEAD_BYTES_MAX)
    await server.serve_forever()


async def _guest(inner: asyncio.StreamReader, answers: asyncio.StreamWriter) -> None:
    try:
        head = await inner.readuntil(b"\r\n\r\n")
        method, target, _ = head.decode("latin-1").split(" ", 2)
        url = urlsplit(f"//{target}" if method == "CONNECT" else target)
        outer, out = await asyncio.wait_for(asyncio.open_connection(url.hostname, url.port or 80), CONNECT_S)
        if method == "CONNECT":
            answers.write(b"HTTP/1.1 200 OK\r\n\r\n")
        else:
            # RFC 9112 §3.2.2: a server takes the absolute form too, so this and what follows can stay as it is.
            out.write(head)
        await asyncio.gather(_pour(inner, out), _pour(outer, answers))
    except (OSError, ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        answers.close()


async def _pour(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    while data := await source.read(1 << 16):
        sink.write(data)
        await sink.drain()
    sink.close()
