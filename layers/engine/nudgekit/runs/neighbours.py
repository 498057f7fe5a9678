"""Those who share a person's addresses: what they were sent counts for the address."""

from collections.abc import Mapping

from nudgekit.decide.case import Neighbours
from nudgekit.model.base import Channel
from nudgekit.model.ledger import Ledger
from nudgekit.model.profile import Profile
from nudgekit.runs.addresses import CHANNELS, MOST_SHARING, alias_ref
from nudgekit.runs.documents import Check, Kind, Ref
from nudgekit.runs.snapshot import Snapshot

NOBODY: Mapping[Channel, Neighbours] = {}


def neighbours_of(person: str, profile: Profile, snapshot: Snapshot) -> Mapping[Channel, Neighbours]:
    """By channel, the ledgers of all others who have the same address. Read only for profiles marked as sharing."""
    if not profile.sharing:
        return NOBODY
    people = _people(person, profile, snapshot)
    wanted = [Ref(Kind.LEDGER, other) for others in people.values() for other in others]
    snapshot.refresh(ref for ref in wanted if ref not in snapshot.documents)
    return {
        channel: Neighbours(
            tuple(snapshot.get(Ref(Kind.LEDGER, other)).value or Ledger() for other in others),
            crowd=len(others) >= MOST_SHARING - 1,
        )
        for channel, others in people.items()
        if others
    }


def unchanged(person: str, profile: Profile, channel: Channel, snapshot: Snapshot) -> tuple[Check, ...]:
    """That nobody who shares the channel's address was sent anything meanwhile."""
    if not profile.sharing:
        return ()
    refs = [Ref(Kind.LEDGER, other) for other in _people(person, profile, snapshot).get(channel, ())]
    return tuple(Check(ref, snapshot.get(ref).version) for ref in refs)


def _people(person: str, profile: Profile, snapshot: Snapshot) -> dict[Channel, tuple[str, ...]]:
    found: dict[Channel, tuple[str, ...]] = {}
    given = ((Channel.EMAIL, profile.email), (Channel.SMS, profile.phone))
    refs = {channel: alias_ref(channel, address) for channel, address in given if address}
    snapshot.refresh(ref for ref in refs.values() if ref not in snapshot.documents)
    for ref in refs.values():
        others = tuple(each for each in snapshot.get(ref).value or () if each != person)
        found |= dict.fromkeys(CHANNELS[ref.owner.partition("#")[0]], others)
    return found
