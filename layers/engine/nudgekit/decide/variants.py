"""Which wording of a trigger's messages a person gets."""

from nudgekit.decide.case import Case
from nudgekit.decide.release import share_of
from nudgekit.language.trigger import Trigger


def variant_of(case: Case) -> str:
    """The variant the person was given first, or by their share now; empty when the trigger has no experiment."""
    experiment = case.trigger.experiment
    if experiment is None:
        return ""
    known = case.ledger.variants.get(experiment_name(case.trigger))
    if known is not None and known.variant in experiment.shares:
        return known.variant
    return experiment.variant_at(share_of("experiment", case.trigger.id, experiment.id, case.unit))


def experiment_name(trigger: Trigger) -> str:
    """How the ledger calls the trigger's experiment; empty when it has none."""
    return f"{trigger.id}|{trigger.experiment.id}" if trigger.experiment else ""
