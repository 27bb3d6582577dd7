"""Events to a file and a store on a small disk that is full for a while; what became of them, as JSON.

`python -m tests.netns.full_disk FOLDER`, where FOLDER is the disk.
"""

import json
import sqlite3
import sys
from pathlib import Path

from rawspoof.edges.sinks import ecs
from rawspoof.edges.sinks.dispatcher import Dispatcher, lanes
from rawspoof.edges.sinks.jsonl import Jsonl
from rawspoof.edges.store.database import Store, files
from rawspoof.edges.store.queries import Reader
from tests.edges.sinks.samples import CREDENTIAL, OPENED
from tests.netns.sensors import until

QUEUE_MAX = 500
BALLAST_BYTES = 1 << 20
WITHIN_S = 20.0


def main(folder: Path) -> dict[str, object]:
    ballast = folder / "ballast"
    ballast.write_bytes(bytes(BALLAST_BYTES))
    file, store = Jsonl(str(folder / "events.json"), ecs.lines("sensor")), Store(folder / "store", 30, 100)
    dispatcher = Dispatcher(lanes([file, store], QUEUE_MAX))
    into_file, into_store = dispatcher.lanes

    def more() -> bool:
        dispatcher.put([OPENED] * 100)
        return bool(into_store.failed.count and into_store.dropped.count and file.lost.count)

    until(more, WITHIN_S)
    while_full = dispatcher.handed
    ballast.unlink()
    until(lambda: not len(into_store) and not len(into_file), WITHIN_S)
    dispatcher.put([CREDENTIAL])
    closed = dispatcher.close(WITHIN_S)
    lines = [json.loads(line) for line in (folder / "events.json").read_bytes().splitlines()]
    reader = Reader(folder / "store")
    rows = [row.event for row in reader.events()]
    with sqlite3.connect(files(folder / "store")[0]) as database:
        whole = database.execute("PRAGMA integrity_check").fetchone()[0]
    return {
        "closed": closed, "while_full": while_full, "handed": dispatcher.handed, "integrity": whole,
        "rows": len(rows), "dropped": into_store.dropped.count, "last_row": rows[-1] == CREDENTIAL,
        "lines": len(lines), "lost": file.lost.count, "last_line": lines[-1]["event"]["action"],
    }  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]))))  # noqa: T201
