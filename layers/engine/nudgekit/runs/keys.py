"""Names that business facts give: the same facts give the same name, whoever computes it and however often."""

from nudgekit.model.base import fingerprint
from nudgekit.model.run import Run


def message_id(run: Run, rung: int) -> str:
    """The id of the message that `run` sends next, on `rung`: no other message of this life of the run has it."""
    attempt = str(len(run.attempts))
    return "m" + fingerprint(run.person, run.trigger, run.key, str(run.occurrence), str(rung), attempt)
