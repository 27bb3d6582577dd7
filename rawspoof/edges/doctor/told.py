"""Findings and the view from outside as text for people, and as one JSON document. Decides form only."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, Final

from rawspoof.edges.doctor.finding import GROUPS, Finding, Level
from rawspoof.edges.doctor.verdict import ALL, View

SCHEMA: Final = 1
"""Version of the JSON document; a field may be added without another."""
_RUNNING: Final = "firewall.running"


def as_text(findings: Sequence[Finding], view: View | None, all_: bool) -> str:
    """Troubles and advice by group, each with its cure; what is fine in full (`all_`), or as a number."""
    lines: list[str] = [] if view is None else [*_seen(view), ""]
    shown = [finding for finding in findings if all_ or finding.level is not Level.GOOD]
    for group, some in groupby(shown, lambda finding: finding.group):
        lines.append(GROUPS[group])
        lines += [line for finding in some for line in _finding(finding)]
    fine = sum(finding.level is Level.GOOD for finding in findings)
    running = next((f"; {finding.what}" for finding in findings if finding.id == _RUNNING), "")
    lines.append(f"{_checks(fine)} fine{'' if all_ else ' (-v tells them)'}{running}")
    return "".join(f"{line}\n" for line in lines)


def as_json(findings: Sequence[Finding], view: View | None, host: dict[str, Any], at: datetime) -> str:
    """One document: `schema` (1), `at` (UTC), `rawspoof` (version), `fit` (whether the sensor would work), `host`,
    `findings` and `scan`.

    `host`: `name`, `system`, `kernel`, `python`, `libraries` (name → version), `root`, and `interfaces`: `name`,
    `kind`, `up`, `mtu`, `addresses`. A finding: `id`, `group`, `level` (`ok`, `advice`, `trouble`), `what`, `cure` (""
    for none). `scan` is null without --scan, else `target`, `source`, `tool`, `ports` (state → number), `open`,
    `closed` and `filtered` (ports), `names` and `real` (port → text), and the seconds `looked_s`, `named_s`,
    `all_looked_s`, `all_named_s`.
    """
    said = {
        "schema": SCHEMA,
        "at": at.astimezone(UTC).isoformat(timespec="seconds"),
        "rawspoof": host["version"],
        "fit": not any(finding.level is Level.TROUBLE for finding in findings),
        "host": {key: value for key, value in host.items() if key != "version"},
        "findings": [
            {"id": one.id, "group": one.group, "level": one.level.value, "what": one.what, "cure": one.cure}
            for one in findings
        ],
        "scan": None if view is None else _scan(view),
    }
    return json.dumps(said, ensure_ascii=False, indent=1) + "\n"


def _scan(view: View) -> dict[str, Any]:
    by_state = {state: [port for port, one in view.states.items() if one == state] for state in _STATES}
    return {
        "target": str(view.target),
        "source": str(view.source),
        "tool": view.tool,
        "ports": {state: len(ports) for state, ports in by_state.items()},
        **by_state,
        "names": {str(port): name for port, name in view.names.items()},
        "real": {str(port): name for port, name in view.real.items()},
        "looked_s": round(view.looked_s, 1),
        "named_s": round(view.named_s, 1),
        "all_looked_s": round(view.all_looked_s),
        "all_named_s": round(view.all_named_s),
    }


_STATES: Final = ("open", "closed", "filtered")


def _finding(finding: Finding) -> Iterator[str]:
    yield f"  {finding.level.value:8}{finding.what}"
    if finding.cure:
        yield f"  {'':8}→ {finding.cure}"


def _seen(view: View) -> Iterator[str]:
    yield f"What {view.source} sees of {view.target}, with {view.tool}:"
    told = ", ".join(f"{view.counts[state]} {state}" for state in _STATES)
    yield f"  {told} of {len(view.states)} ports asked"
    for port, name in sorted(view.names.items()):
        mark = f"  real: {view.real[port]}" if port in view.real else ""
        yield f"  {port:>5}  {name or '(says nothing)'}{mark}"
    yield f"  all {ALL:,} ports would take about {_span(view.all_looked_s)} to see which are open"
    if view.all_named_s:
        yield f"  and up to {_span(view.all_named_s)} more to name those"
    yield f"The sensor, if one runs, reports this as a scan from {view.source}."


def _span(seconds: float) -> str:
    """A time for people."""
    for unit, size in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{max(1, round(seconds))} s"


def _checks(number: int) -> str:
    return "1 check is" if number == 1 else f"{number} checks are"
