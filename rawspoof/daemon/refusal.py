"""What keeps a sensor from starting, or from taking over other settings."""


class CannotStart(Exception):
    """One line that says why, and the cure; nothing has been installed."""
