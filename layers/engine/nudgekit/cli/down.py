"""`nudgekit down`: end what `nudgekit up` started."""

from nudgekit.cli.console import say
from nudgekit.cli.local import lifecycle, paths


def run() -> None:
    """End the local AWS and the sink, and remove their state, logs and temporary files."""
    was_up = lifecycle.down(paths.project())
    say("everything has ended and nothing is left behind" if was_up else "nothing was up")
