"""Which wording of a trigger's messages a person gets."""

from nudgekit.decide.case import Case
from nudgekit.decide.release import share_of
from nudgekit.language.trigger import Trigger


def variant_of(case: Case) -> str:
    """The variant given first to the person or who shares an address, or by lot; empty: there is no experiment."""
    experiment = case.trigger.experiment
    if experiment is None:
        return ""
    name = experiment_name(case.trigger)
    for ledger in (case.ledger, *(ledger for each in case.neighbours.values() for ledger in each.ledgers)):
        known = ledger.variants.get(name)
        if known is not None and known.variant in experiment.shares:
            return known.variant
    return experiment.variant_at(share_of("experiment", case.trigger.id, experiment.id, case.unit))


def experiment_name(trigger: Trigger) -> str:
    """How the ledger calls the trigger's experiment; empty when it has none."""
    return f"{trigger.id}|{trigger.experiment.id}" if trigger.experiment else ""
