"""What was measured, as rows of a table and as JSON. Knows what is wanted, not how it was got."""

import json
import os
import platform
import statistics
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

COLUMNS: Final = ("what", "rawspoof", "baseline", "ratio", "wanted", "ok")


@dataclass(frozen=True)
class Row:
    """One figure of both sides."""

    name: str
    what: str
    unit: str
    rawspoof: float | None
    baseline: float | None
    wanted: str
    """What rawspoof is to reach, in words; empty for a figure that is only told."""
    ok: bool | None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """rawspoof's figure over the baseline's."""
        return self.rawspoof / self.baseline if self.rawspoof is not None and self.baseline else None


def median(values: Sequence[float]) -> float | None:
    """The median, None of nothing."""
    return statistics.median(values) if values else None


def say(text: str) -> None:
    """Progress, to stderr."""
    print(text, file=sys.stderr, flush=True)


def table(rows: Sequence[Row]) -> str:
    """The rows in Markdown, notes below."""
    cells = [COLUMNS, *((row.what, *_cells(row)) for row in rows)]
    widths = [max(len(line[i]) for line in cells) for i in range(len(COLUMNS))]
    cells.insert(1, tuple("-" * width for width in widths))
    lines = [f"| {' | '.join(map(str.ljust, line, widths))} |" for line in cells]
    return "\n".join([*lines, "", *(f"{row.what}: {row.note}" for row in rows if row.note)])


def write_json(path: str, rows: Sequence[Row], machine: dict[str, object]) -> None:
    """The same, for programs."""
    said = [asdict(row) | {"ratio": row.ratio} for row in rows]
    Path(path).write_text(json.dumps({"machine": machine, "rows": said}, indent=2) + "\n")


def machine(busy: float) -> dict[str, object]:
    """What the figures were taken on."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    return {"cpu": model, "cores": os.cpu_count(), "kernel": platform.release(), "busy_before": round(busy, 2)}


def _cells(row: Row) -> tuple[str, ...]:
    ratio = "" if row.ratio is None else f"{row.ratio:.2g}×"
    ok = "" if row.ok is None else "yes" if row.ok else "NO"
    return _figure(row.rawspoof, row.unit), _figure(row.baseline, row.unit), ratio, row.wanted, ok


def _figure(value: float | None, unit: str) -> str:
    if value is None:
        return "–"
    return f"{value:,.0f} {unit}" if abs(value) >= 100 else f"{value:.3g} {unit}"
