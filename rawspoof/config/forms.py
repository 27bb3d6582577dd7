"""The names of the forms in which events can be written, as settings choose them."""

from typing import Literal

Form = Literal["ecs", "ocsf", "cef", "leef", "leef-caret", "tpot", "pro", "fail2ban", "portspoof", "pylog", "rawspoof"]
