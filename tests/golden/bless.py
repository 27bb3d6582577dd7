"""Records what golden cases do now as what they shall do, and shows the difference. scripts/bless calls it."""

import sys
from collections.abc import Sequence
from difflib import unified_diff

from tests.golden import case


def main(names: Sequence[str]) -> int:
    """Bless these cases. Exit status 2 for one that is not there."""
    unknown = [name for name in names if name not in case.CASES]
    if unknown or not names:
        print(f"usage: scripts/bless CASE…, one of: {' '.join(case.CASES)}", file=sys.stderr)  # noqa: T201
        return 2
    for name in names:
        file = case.HOME / name / "expected.txt"
        before = file.read_text().splitlines() if file.exists() else []
        text, _ = case.play(name)
        file.write_text(text)
        diff = list(unified_diff(before, text.splitlines(), f"{name} (before)", f"{name} (now)", lineterm=""))
        print("\n".join(diff) or f"{name}: unchanged")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
