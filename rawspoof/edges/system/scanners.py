"""The rules of `signatures/scanners`, read. What they mean is `watch.rule`'s."""

from rawspoof.config.load import ConfigError
from rawspoof.core.watch.rule import Rules, parse
from rawspoof.edges.system.signatures import folder


def load_rules() -> Rules:
    """All rules there are. Raises ConfigError, naming the file, for one that is none."""
    texts = []
    for path in sorted((folder() / "scanners").glob("*.toml")):
        text = path.read_text(encoding="utf-8")
        try:
            parse([text])
        except ValueError as error:
            raise ConfigError(f"{path}: {error}") from None
        texts.append(text)
    return parse(texts)
