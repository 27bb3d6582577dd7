"""What keeps a sensor from starting, or from taking over other settings."""


class CannotStart(Exception):
    """One line that says why, and the cure; nothing has been installed. It may pass by itself: an interface comes."""

    status = 1
    """What the command ends with. systemd tries again after 1 and leaves 2 to a person."""


class CannotEverStart(CannotStart):
    """It does not pass by itself: whoever started it is to do so otherwise."""

    status = 2
