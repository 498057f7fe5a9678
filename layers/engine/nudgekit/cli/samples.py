"""The start events that stand among the fixtures: what messages are tried out with."""

from pathlib import Path

from pydantic import ValidationError

from nudgekit.model.event import Event


def sample_start(rules: Path, trigger_id: str) -> Event | None:
    """The start event in `events/<trigger>/start.json` beside the folder `rules`; None when there is none to read."""
    path = rules.parent / "events" / trigger_id / "start.json"
    try:
        return Event.model_validate_json(path.read_text())
    except (OSError, ValidationError):
        return None
