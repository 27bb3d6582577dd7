"""Writes evidence down: what workers send of proven sources goes into pcap files, each told of when it is complete.

A thread of the collector's process, which has no right but to its folder: a slow disk delays no event, and a full one
costs evidence only. Trusts no worker. Knows nothing of connections.
"""

import hashlib
import logging
import selectors
import socket
import struct
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from threading import Thread
from typing import Final

from rawspoof.config.model import Config
from rawspoof.core.event import AnyEvent, EvidenceSaved
from rawspoof.edges.evidence import message
from rawspoof.edges.evidence.folder import Folder, Name, folder_of, name
from rawspoof.edges.evidence.message import MESSAGE_BYTES_MAX, Message
from rawspoof.edges.link.recorder import FILE_HEADER, record
from rawspoof.edges.sinks.batch import encoder

OPEN_MAX: Final = 4096
"""Files that are not complete, of one worker; the one begun first is completed for a new one."""
_UNFIT: Final = (ValueError, OverflowError, struct.error)
"""What a message raises that no worker of ours sends."""

log = logging.getLogger(__name__)

Key = tuple[bytes, bytes]
"""Source and scan."""


class File:
    """A file that is not complete yet."""

    def __init__(self, name: Name, of: Message) -> None:
        self.name, self.of = name, of
        self.size, self.packets, self.last_at = len(FILE_HEADER), 0, 0.0
        self.sum = hashlib.sha256(FILE_HEADER)

    def add(self, data: bytes, packets: int, at: float) -> None:
        """Count what was written."""
        self.size += len(data)
        self.packets += packets
        self.last_at = at
        self.sum.update(data)


def keep(workers: Sequence[socket.socket], config: Config) -> socket.socket | None:
    """Start to keep what comes from these sockets; the socket on which files are told of, as a worker tells of events.

    It ends once the other ends of all of them are closed, or nothing can come by that socket any more (SHUT_WR): then
    all files are complete. None, and a line in the log, where the folder is not ours.
    """
    path, settings = folder_of(config), config.evidence
    try:
        folder = Folder(path, settings.mb_max, settings.total_mb_max)
    except OSError as error:
        log.error("%s: %s: let %s into it; no evidence is kept", path, error.strerror, config.sensor.user)
        for worker in workers:
            worker.close()
        return None
    near, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    Thread(target=Keeper(workers, near, folder).run, name="evidence", daemon=True).start()
    return far


class Keeper:
    """The loop, and the files that are not complete."""

    def __init__(self, workers: Sequence[socket.socket], tell: socket.socket, folder: Folder) -> None:
        self._tell, self._folder = tell, folder
        self._encode = encoder()
        self._files: dict[socket.socket, OrderedDict[Key, File]] = {worker: OrderedDict() for worker in workers}
        self._dropped = dict.fromkeys(workers, 0)
        self._lost = self._malformed = 0

    def run(self) -> None:
        """Until no worker is left, or it is told to end."""
        with self._tell, selectors.DefaultSelector() as selector:
            for worker in self._files:
                selector.register(worker, selectors.EVENT_READ, worker)
            selector.register(self._tell, selectors.EVENT_READ)
            while len(selector.get_map()) > 1:
                for key, _ in selector.select():
                    if key.data is None:
                        self._end()
                        return
                    if not self._hear(key.data):
                        selector.unregister(key.data)
                        key.data.close()

    def _end(self) -> None:
        for worker in self._files:
            self._complete_all(worker)

    def _hear(self, worker: socket.socket) -> bool:
        """One message; False when there will be none any more."""
        try:
            raw = worker.recv(MESSAGE_BYTES_MAX)
        except OSError:
            raw = b""
        try:
            if raw:
                self.take(worker, message.parse(raw))
            else:
                self._complete_all(worker)
        except _UNFIT:
            self._malformed += 1
        return bool(raw)

    def take(self, worker: socket.socket, said: Message) -> None:
        """Do what a message asks. Raises ValueError, OverflowError or struct.error for what no worker of ours sends."""
        if said.kind == message.BEGUN:
            self._complete_all(worker)
            self._dropped[worker] = 0
            return
        files, key = self._files[worker], (said.src, said.scan)
        if said.kind == message.PACKETS:
            self._write(files, key, said)
        elif key in files:
            self._complete(files.pop(key))
        self._dropped[worker] = said.dropped

    def _write(self, files: OrderedDict[Key, File], key: Key, said: Message) -> None:
        found = list(message.packets(said.entries))
        if not found:
            return
        data = b"".join([record(at, packet) for at, packet in found])
        file = files.get(key)
        if file is not None and file.size + len(data) > self._folder.file_bytes_max:
            self._complete(files.pop(key))
            file = None
        try:
            if file is None:
                file = self._begin(files, key, said, found[0][0], data)
            else:
                self._folder.append(file.name, data, file.size + len(data))
        except OSError as error:
            # What is there is whole; another is begun once there is something to write again, and room for it.
            cut = files.pop(key, None)
            if cut is not None and not isinstance(error, FileNotFoundError):
                self._complete(cut)
            if not self._lost:
                log.warning("evidence: %s: %s; what is lost is counted", self._folder.path, error.strerror)
            self._lost += len(data)
            self._say([])
            return
        file.add(data, len(found), found[-1][0])

    def _begin(self, files: OrderedDict[Key, File], key: Key, said: Message, at: float, data: bytes) -> File:
        if len(files) >= OPEN_MAX:
            self._complete(files.popitem(last=False)[1])
        new = name(said.src, said.scan.hex(), at)
        self._folder.create(new, FILE_HEADER + data)
        file = files[key] = File(new, said._replace(entries=b""))
        return file

    def _complete_all(self, worker: socket.socket) -> None:
        files = self._files[worker]
        while files:
            self._complete(files.popitem(last=False)[1])

    def _complete(self, file: File) -> None:
        of = file.of
        saved = EvidenceSaved(
            file.last_at, of.src, of.sport, of.dst, of.dport, file.name.scan, str(self._folder.path / str(file.name)),
            file.packets, file.size, file.sum.hexdigest(),
        )  # fmt: skip
        self._say([saved])

    def _say(self, events: Sequence[AnyEvent]) -> None:
        counters = {
            "evidence_bytes_dropped": sum(self._dropped.values()),
            "evidence_bytes_lost": self._lost,
            "evidence_files_removed": self._folder.removed,
            "evidence_malformed": self._malformed,
        }
        with suppress(OSError):  # the collector is gone, and with it whoever would read this
            self._tell.send(self._encode(events, counters))
