"""An event in a line for people, and the JSON around it that chat services want. Pure: no connection, no clock.

Whatever attackers said stands in it escaped: it is no markup, no mention, no link, no second line.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from rawspoof.config.sinks import Preset
from rawspoof.core.event import AnyEvent, Block, Scan, ServiceCredential, SessionOpened
from rawspoof.edges.sinks.chosen import kind, level
from rawspoof.edges.sinks.ecs import address, escaped, timestamp

WORD_MAX: Final = 100
"""Characters of one thing that an attacker said."""
DISCORD_MAX: Final = 2000
SUPPRESS_EMBEDS: Final = 4


def sentence(event: AnyEvent) -> str:
    """What happened, in one line of plain text."""
    where = f"{address(event.src)} → {address(event.dst)}:{event.dport}"
    match event:
        case Scan():
            return f"{kind(event)}: {address(event.src)}, {_scan(event)}"
        case ServiceCredential():
            user, secret = escaped(event.user)[:WORD_MAX], escaped(event.secret)[:WORD_MAX]
            return f"{kind(event)}: {where}, {event.service} {event.method}, user “{user}”, secret “{secret}”"
        case Block():
            return f"{kind(event)}: {address(event.src)}, {event.reason}, {event.how} for {event.seconds:.0f} s"
        case SessionOpened():
            return f"{kind(event)}: {where} {event.service}"
        case _:
            return f"{kind(event)}: {where}"


def _scan(event: Scan) -> str:
    parts = [
        f"{event.port_count} ports on {event.target_count} addresses",
        f"{event.tool} ({event.confidence:.0%})" if event.tool else "",
        ", ".join(event.techniques),
        f"{event.credentials} credentials" if event.credentials else "",
        f"risk {event.risk}, level {event.level}",
        " ".join(event.attack),
        "address verified" if event.verified else "address not verified",
    ]
    return "; ".join(part for part in parts if part)


def facts(event: AnyEvent, sensor: str) -> dict[str, str]:
    """What a template may name."""
    return {
        "text": sentence(event),
        "kind": kind(event),
        "level": str(level(event)),
        "at": timestamp(event.at),
        "source": address(event.src),
        "source_port": str(event.sport),
        "target": address(event.dst),
        "port": str(event.dport),
        "sensor": sensor,
    }


def more(count: int, sensor: str) -> dict[str, str]:
    """The same for the events that there was no room for; what they have not in common is empty."""
    empty = dict.fromkeys(("at", "source", "source_port", "target", "port"), "")
    return {"text": f"… and {count} more", "kind": "more", "level": "0", "sensor": sensor, **empty}


NAMES: Final = frozenset(more(0, ""))


def body(template: Any, known: Mapping[str, str]) -> bytes:
    """The template's JSON with every `{name}` in its texts replaced."""
    return json.dumps(_filled(template, known), ensure_ascii=False).encode()


def parsed(text: str) -> Any:
    """A template out of its JSON. Raises ValueError."""
    return json.loads(text)


def unknown(template: Any) -> list[str]:
    """Names in a template that stand for nothing."""
    return sorted({name for name in re.findall(r"\{(\w+)\}", json.dumps(template)) if name not in NAMES})


def _filled(template: Any, known: Mapping[str, str]) -> Any:
    """One pass over each text: what a value says is never looked into again."""
    if isinstance(template, dict):
        return {key: _filled(value, known) for key, value in template.items()}
    if isinstance(template, list):
        return [_filled(value, known) for value in template]
    if isinstance(template, str):
        return re.sub(r"\{(\w+)\}", lambda found: known.get(found[1], found[0]), template)
    return template


TEMPLATES: Final[Mapping[Preset, Any]] = {
    "generic": {
        name: "{" + name + "}" for name in ("text", "kind", "level", "at", "source", "target", "port", "sensor")
    },
    "slack": {
        "text": "{sensor}: {text}",
        "mrkdwn": False,
        "blocks": [{"type": "section", "text": {"type": "plain_text", "emoji": False, "text": "{sensor}: {text}"}}],
    },
    "teams": {
        "type": "message",
        "attachments": [
            {
                "contentType": "application/vnd.microsoft.card.adaptive",
                "content": {
                    "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                    "type": "AdaptiveCard",
                    "version": "1.4",
                    # A TextRun, unlike a TextBlock, knows no markup.
                    "body": [{"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": "{sensor}: {text}"}]}],
                },
            }
        ],
    },
    "discord": {"content": "**{sensor}**: {text}", "allowed_mentions": {"parse": []}, "flags": SUPPRESS_EMBEDS},
}


def _slack(text: str) -> str:
    """Slack: mentions and links begin with `<`; its other markup is off in our template."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _discord(text: str) -> str:
    """Discord: a backslash before everything that is markup, and not too much of it."""
    return re.sub(r"([\\*_~`|>#\[\]()<@:-])", r"\\\1", text)[: DISCORD_MAX - 300].removesuffix("\\")


def _plain(text: str) -> str:
    return text


ESCAPES: Final[Mapping[Preset, Callable[[str], str]]] = {
    "generic": _plain,
    "slack": _slack,
    "teams": _plain,
    "discord": _discord,
}
