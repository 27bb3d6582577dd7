"""The one exception that says what is wrong with a configuration. Knows nothing of what could be."""


class ConfigError(Exception):
    """One line for people: the file and line, variable or command line; the dotted key; what was expected."""
