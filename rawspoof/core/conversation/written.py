"""What a service's file has written down as answers. Knows no protocol: a pattern matches, or it does not."""

import re

from rawspoof.core.conversation.base import Reply, Then
from rawspoof.core.signature.identity import Answer, Identity


def written(identity: Identity, request: bytes, at: float) -> Reply | None:
    """The answer whose pattern matches the request, None if there is none but the one for everything else."""
    return next((_said(a, m, at) for a in identity.answers if a.when.pattern and (m := a.when.match(request))), None)


def otherwise(identity: Identity, at: float) -> Reply | None:
    """The answer to whatever is not understood, None if the file has none."""
    return next((_said(a, m, at) for a in identity.answers if not a.when.pattern and (m := a.when.match(b""))), None)


def _said(answer: Answer, match: re.Match[bytes], at: float) -> Reply:
    data = answer.say.bind(match.groupdict(b"")).render(at)
    return Reply(data, Then.CLOSE if answer.close else Then.LISTEN)
