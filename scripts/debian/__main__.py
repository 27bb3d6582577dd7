"""Packs the tree and an installed venv as a Debian package; the same input makes the same bytes."""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import rawspoof
from scripts.debian import control, tree


def build(venv: Path, output: Path, version: str, epoch: int, compression: str = "xz") -> Path:
    """The package's path in the folder `output`; all times in it are `epoch`, all owners root.

    Raises LookupError where the venv lacks something, OSError, and CalledProcessError where a tool fails.
    """
    architecture = subprocess.run(
        ["dpkg", "--print-architecture"], capture_output=True, text=True, check=True, timeout=20
    ).stdout.strip()
    package = output / f"rawspoof_{version}_{architecture}.deb"
    with tempfile.TemporaryDirectory() as folder:
        stage = Path(folder, "stage")
        stage.mkdir()
        tree.lay_out(stage, venv, control.changelog(version, epoch, (tree.ROOT / "CHANGELOG.md").read_text()))
        control.write(stage, version, architecture)
        for path in (stage, *tree.every(stage)):
            if path.is_dir():
                path.chmod(0o755)
            os.utime(path, (epoch, epoch), follow_symlinks=False)
        # Several threads would cut the data where their number says.
        command = ["dpkg-deb", "--build", "--root-owner-group", f"-Z{compression}", "--threads-max=1"]
        subprocess.run(
            [*command, str(stage), str(package)],
            env=os.environ | {"SOURCE_DATE_EPOCH": str(epoch)},
            stdout=subprocess.DEVNULL,
            check=True,
            timeout=600,
        )
    return package


def _run() -> int:
    parser = argparse.ArgumentParser(prog="scripts/deb")
    parser.add_argument("--venv", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--version", default=rawspoof.__version__)
    args = parser.parse_args()
    try:
        print(build(args.venv, args.output, args.version, int(os.environ["SOURCE_DATE_EPOCH"])))
    except LookupError as wrong:
        print(f"scripts/deb: {wrong}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(_run())
