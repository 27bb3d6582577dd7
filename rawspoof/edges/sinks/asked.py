"""Which sinks a configuration asks for, open, and what hands events to them. Knows no process.

As root: secrets are read and files opened here; nothing is connected.
"""

import logging
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from rawspoof.config.model import Config
from rawspoof.edges.sinks import pylog
from rawspoof.edges.sinks.base import Sink
from rawspoof.edges.sinks.dispatcher import Dispatcher, lanes
from rawspoof.edges.sinks.forms.table import lines
from rawspoof.edges.sinks.jsonl import Jsonl
from rawspoof.edges.sinks.lane import Lane
from rawspoof.edges.sinks.rotate import Rotation
from rawspoof.edges.store.database import Store
from rawspoof.edges.store.queries import Reader

log = logging.getLogger(__name__)


def wanted(config: Config) -> bool:
    """Whether anybody writes events down; if not, they need not leave the worker."""
    events, mail = config.events, config.mail
    told = events.file or events.log_file or events.verbose or mail.enabled or mail.json_file
    sent = config.sink or config.fleet.url
    judged = config.admin.port or config.block.enabled or config.block.tripwire_ports
    return bool(judged or config.store.enabled or told or sent)


def dispatcher(
    config: Config, sinks: Sequence[Sink], far: Sequence[Sink] = (), more: Sequence[Lane] = ()
) -> Dispatcher:
    """What hands events to these sinks, and to the store where there is one. Called in the collector's own process.

    Sinks that are `far` may be away for long: what they miss is read back from the store. `more` are lanes made
    elsewhere.
    """
    most = config.events.queue_max
    made = [*lanes(sinks, most), *more]
    if not config.store.enabled:
        return Dispatcher([*made, *lanes(far, most)])
    folder = store_folder(config)
    try:
        store = Store(folder, config.store.retention_days, config.store.mb_max)
    except OSError as error:
        who = config.sensor.user
        log.error(
            "%s: %s: let %s into it, or name another store.folder; no events are kept", folder, error.strerror, who
        )
        return Dispatcher([*made, *lanes(far, most)])
    spooled = [Lane(sink, most, Reader(folder)) for sink in far]
    with closing(Reader(folder)) as reader:
        last = max(reader.last(), reader.taken())
    return Dispatcher([Lane(store, most), *made, *spooled], last)


def store_folder(config: Config) -> Path:
    """Where events are kept."""
    return Path(config.store.folder or f"{config.sensor.state_dir}/store")


def open_sinks(config: Config, observer: str) -> list[Sink]:
    """The sinks that the configuration asks for, open. To be called before privileges are dropped.

    `observer` is the host name in events. Raises OSError where a file cannot be opened.
    """
    events = config.events
    printed = "-" if events.verbose else ""
    files = ((events.file, lines(events.form, observer)), (events.log_file, pylog.line), (printed, pylog.line))
    return [*(Jsonl(path, line, _rotation(config, path)) for path, line in files if path), *_mail(config, observer)]


def open_far(config: Config, observer: str) -> list[Sink]:
    """The sinks of `[[sink]]` and `[fleet]`, made but not connected. As root: it reads secrets. Raises SinkError."""
    if not (config.sink or config.fleet.url):
        return []
    # TLS and HTTP take a while to import, and most sensors have no use for them.
    from rawspoof.edges.sinks import named

    return named.open_far(config, observer)


def _mail(config: Config, observer: str) -> list[Sink]:
    if not config.mail.enabled and not config.mail.json_file:
        return []
    # TLS and mail take a while to import, and most sensors have no use for them.
    from rawspoof.edges.sinks.mail.settings import Settings
    from rawspoof.edges.sinks.mail.sink import MailSink

    return [MailSink(Settings(config.mail), observer)]


def _rotation(config: Config, path: str) -> Rotation | None:
    events = config.events
    if path == "-" or not events.rotate_mb:
        return None
    return Rotation(path, events.rotate_mb << 20, events.rotate_keep, config.sensor.user)
