"""Names that business facts give: the same facts give the same name, whoever computes it and however often."""

from nudgekit.model.base import fingerprint
from nudgekit.model.run import Run


def message_id(run: Run, rung: int) -> str:
    """The id of the message that `run` sends on `rung`, in its present attempt."""
    return "m" + fingerprint(run.person, run.trigger, run.key, str(run.occurrence), str(rung), str(run.attempt))
