"""The configuration in effect, key by key, as the web admin shows it. Secrets are asterisks. Changes nothing."""

import re
from typing import Any, Final

import msgspec

from rawspoof.config.load import KNOWN
from rawspoof.config.model import Config
from rawspoof.config.show import descriptions

ASTERISKS: Final = "********"
_SECRET: Final = re.compile(r"(password|secret|token|_key|url)$")
"""Keys whose values are not shown; the address of a webhook is one too."""


def settings(config: Config) -> list[dict[str, Any]]:
    """Every key with its value, its default and the reason for it."""
    helps = descriptions()
    found = []
    for key, field in KNOWN.items():
        section, _, name = key.rpartition(".")
        value = getattr(getattr(config, section) if section else config, name)
        default = () if field.default is msgspec.NODEFAULT else field.default
        found.append(
            {
                "key": key,
                "value": hidden(name, msgspec.to_builtins(value)),
                "default": msgspec.to_builtins(default),
                "origin": "default" if value == default else "set",
                "help": helps.get(key, ""),
            }
        )
    return found


def hidden(name: str, value: Any) -> Any:
    """The value with asterisks in the place of secrets, also within."""
    if isinstance(value, dict):
        return {key: hidden(key, inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [hidden(name, inner) for inner in value]
    return ASTERISKS if isinstance(value, str) and value and _SECRET.search(name) else value
