"""Folders of the state directory, made before rights are given up, and given to those who write in them."""

import os

from rawspoof.config.model import Config
from rawspoof.edges.block.outlets import prepare
from rawspoof.edges.evidence.folder import folder_of
from rawspoof.edges.sinks.asked import store_folder
from rawspoof.edges.system import privileges
from rawspoof.edges.web import place


def make_folders(config: Config) -> None:
    """Those of store, evidence, feeds and web admin, the collector's own. Raises OSError."""
    owner = privileges.owner(config.sensor.user)
    wanted = ((config.store.enabled, store_folder(config)), (config.evidence.enabled, folder_of(config)))
    for folder in (folder for enabled, folder in wanted if enabled):
        folder.mkdir(parents=True, exist_ok=True, mode=0o750)
        if owner:
            os.chown(folder, *owner)
    prepare(config)
    if config.admin.port:
        place.make(config, owner)
