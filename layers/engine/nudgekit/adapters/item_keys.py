"""Where a document stands: its table and keys. The layout is that of docs/reference/architecture.md, "Items"."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from nudgekit.runs.documents import Kind, Ref


class Tables(NamedTuple):
    """The names of the three tables."""

    profiles: str
    engagement: str
    catalogue: str


class Place(NamedTuple):
    """One item's place."""

    table: str
    pk: str
    sk: str


class _Layout(NamedTuple):
    table: str
    pk: str
    sk: str


_LAYOUT: Final[Mapping[Kind, _Layout]] = {
    Kind.PROFILE: _Layout("profiles", "USER#{owner}", "PROFILE"),
    Kind.FACTS: _Layout("profiles", "USER#{owner}", "FACTS"),
    Kind.CONSENT: _Layout("profiles", "USER#{owner}", "CONSENT"),
    Kind.EVIDENCE: _Layout("profiles", "USER#{owner}", "CONSENT#{name}"),
    Kind.ALIAS: _Layout("profiles", "ALIAS#{owner}", "ALIAS"),
    Kind.LINK: _Layout("profiles", "USER#{owner}", "LINK#{name}"),
    Kind.SUPPRESSION: _Layout("profiles", "SUPPRESSED#{owner}", "SUPPRESSED"),
    Kind.LEDGER: _Layout("engagement", "USER#{owner}", "LEDGER"),
    Kind.RUN: _Layout("engagement", "USER#{owner}", "RUN#{name}"),
    Kind.MESSAGE: _Layout("engagement", "USER#{owner}", "MSG#{name}"),
    Kind.TRACE: _Layout("engagement", "USER#{owner}", "TRACE#{name}"),
    Kind.ONSITE: _Layout("engagement", "USER#{owner}", "ONSITE"),
    Kind.PRODUCT: _Layout("catalogue", "ITEM#{owner}", "ITEM"),
    Kind.SIMILAR: _Layout("catalogue", "ITEM#{owner}", "SIMILAR"),
    Kind.COMPLEMENTS: _Layout("catalogue", "CATEGORY#{owner}", "COMPLEMENTS"),
    Kind.FOLLOWER: _Layout("catalogue", "FOLLOWED#{owner}", "BY#{name}"),
    Kind.FOLLOWING: _Layout("catalogue", "USER#{owner}", "FOLLOWS"),
    Kind.SELLING: _Layout("catalogue", "USER#{owner}", "SELLS#{name}"),
    Kind.POPULARITY: _Layout("catalogue", "POPULAR#{owner}", "SHARD#{name}"),
    Kind.DRAWER: _Layout("engagement", "OFFER#{owner}", "DRAWER"),
    Kind.BLOCK: _Layout("engagement", "OFFER#{owner}", "BLOCK#{name}"),
    Kind.OPERATION: _Layout("engagement", "SHOP", "OPERATION"),
    Kind.REPLY: _Layout("engagement", "REPLY#{owner}", "REPLY"),
    Kind.WAVE: _Layout("engagement", "WAVE#{owner}", "{name}"),
    Kind.PACE: _Layout("engagement", "PACE#{owner}", "LANE#{name}"),
    Kind.CALENDAR: _Layout("engagement", "CALENDAR#{owner}", "CALENDAR"),
    Kind.ZONES: _Layout("profiles", "SHOP", "ZONES"),
    Kind.TALLY: _Layout("engagement", "TALLY#{owner}", "TALLY"),
}


PERSONAL: Final = frozenset(kind for kind, layout in _LAYOUT.items() if layout.pk == "USER#{owner}")
"""The kinds of documents that stand under a person's id."""


def place(ref: Ref, tables: Tables) -> Place:
    """Where the document that `ref` names stands."""
    layout = _LAYOUT[ref.kind]
    return Place(
        getattr(tables, layout.table),
        layout.pk.replace("{owner}", ref.owner, 1),
        layout.sk.replace("{name}", ref.name, 1),
    )


def person_at(kind: Kind, partition: str, sort_key: str) -> str:
    """The person whose document of `kind` stands under these keys; of a follower, who follows."""
    layout = _LAYOUT[kind]
    if "{name}" in layout.sk:
        return sort_key.removeprefix(layout.sk.partition("{name}")[0])
    return partition.removeprefix(layout.pk.partition("{owner}")[0])


def ref_of(person: str, sort_key: str) -> Ref | None:
    """The document of `person` that stands under `sort_key`; None when no kind of document stands there."""
    for kind, layout in _LAYOUT.items():
        before, found, _ = layout.sk.partition("{name}")
        if layout.pk == "USER#{owner}" and (sort_key.startswith(before) if found else sort_key == layout.sk):
            return Ref(kind, person, sort_key[len(before) :] if found else "")
    return None
