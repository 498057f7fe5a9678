"""Settings of a function: its environment variables, as docs/reference/architecture.md lists them."""

import os

from nudgekit.errors import SettingsError


def required(name: str) -> str:
    """The value of the variable `name`.

    Raises:
        SettingsError: it is missing or empty.
    """
    value = os.environ.get(name, "")
    if not value:
        raise SettingsError("is not set", name, "template.yaml sets it; see docs/reference/architecture.md")
    return value


def optional(name: str) -> str:
    """The value of the variable `name`, or an empty string."""
    return os.environ.get(name, "")
