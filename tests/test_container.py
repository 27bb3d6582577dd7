"""The container's file copies what there is and what may be copied, and installs what scripts/install does."""

import re
import shlex
from pathlib import Path

import yaml

from rawspoof.cli.main import parser
from rawspoof.config.environment import PREFIX
from rawspoof.config.load import load

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "Containerfile").read_text().replace("\\\n", " ")
STEPS = [(word, rest) for word, _, rest in (line.partition(" ") for line in TEXT.splitlines()) if word.isupper()]


def test_what_is_copied_is_there_and_is_let_in():
    copied = [word for step, rest in STEPS if step == "COPY" and "--from" not in rest for word in rest.split()[:-1]]
    let_in = {line[1:] for line in (ROOT / ".containerignore").read_text().splitlines() if line.startswith("!")}
    assert set(copied) == let_in
    assert all((ROOT / name).exists() for name in copied)


def test_it_installs_what_the_script_does():
    (listed,) = re.findall(r"^packages=\((.*)\)$", (ROOT / "scripts/install").read_text(), re.MULTILINE)
    installs = [shlex.split(rest) for step, rest in STEPS if step == "RUN" and "apt-get install" in rest]
    assert set(listed.split()) <= set(installs[0])
    assert {"libnetfilter-queue1", "python3"} <= set(installs[1])


def test_its_command_is_one():
    assert ("CMD", '["run"]') in STEPS
    assert ("ENTRYPOINT", '["rawspoof"]') in STEPS


def test_what_is_composed_is_understood():
    text = (ROOT / "compose.yaml").read_text()
    services = yaml.safe_load(text)["services"]
    ours = {name: service for name, service in services.items() if service.get("image") == "rawspoof"}
    shown = [shlex.split(line) for line in re.findall(r"# +podman-compose run --rm (hub .*)", text)]
    for argv in [*(service["command"] for service in ours.values()), *(line[1:] for line in shown)]:
        parser().parse_args([word for word in argv if word])
    environment = ours["sensor"]["environment"]
    assert all(name.startswith(PREFIX) for name in environment)
    assert load(None, environ=environment).fleet.name == "paris"
