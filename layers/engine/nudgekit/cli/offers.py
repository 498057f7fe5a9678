"""`nudgekit offers`: import the codes of a pool, show what is left, export the codes that will be made."""

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Final, Literal

import typer
from rich.table import Table

from nudgekit.book import Book, load_book
from nudgekit.cli.console import out, say
from nudgekit.cli.local import paths
from nudgekit.cli.local.clients import account_client, client
from nudgekit.cli.local.stack import running
from nudgekit.cli.reach import Profile, Reached, StackName, reach
from nudgekit.errors import Problem
from nudgekit.language.mistakes import nearest
from nudgekit.language.offer import Offer
from nudgekit.model.codes import code_of, plain_code
from nudgekit.model.offer import DRAWERS, Drawer, quota_of
from nudgekit.runs.offers import drawers_of
from nudgekit.runs.pool import fill
from nudgekit.runs.ports import Store

Act = Literal["show", "import", "export"]
LONGEST: Final = 64
SHORTEST: Final = 4


def run(  # noqa: PLR0913, PLR0917 - one option each
    act: Annotated[Act, typer.Argument(help="show what is left; import codes; export codes for the checkout.")],
    file: Annotated[Path | None, typer.Argument(help="The codes: one a line, or the first column of a CSV.")] = None,
    name: Annotated[str, typer.Option("--offer", help="The offer, by its name in rules/offers.py.")] = "",
    root: Annotated[Path, typer.Option(help="The project's folder.")] = Path(),
    profile: Profile = None,
    stack: StackName = "nudgekit",
) -> None:
    """Look after the codes of offers."""
    book = load_book(root / "rules")
    if act == "show":
        wanted = {name: _offer(book, name)} if name else book.offers
        out.print(_table(wanted, reach(profile, stack).store))
    elif file is None:
        raise Problem(f"Name a file, as in: nudgekit offers {act} codes.csv --offer {name or 'NAME'}")
    elif act == "import":
        _import(_offer(book, name), name, file, reach(profile, stack))
    else:
        _export(_offer(book, name), name, file, _key(profile, reach(profile, stack)))


def _offer(book: Book, name: str) -> Offer:
    if not book.offers:
        raise Problem("rules/offers.py declares no offer.")
    if name not in book.offers:
        raise Problem(f"There is no offer {name!r}; {nearest(name, tuple(book.offers))}. Say it by --offer.")
    return book.offers[name]


def _import(offer: Offer, name: str, file: Path, reached: Reached) -> None:
    if offer.codes != "pool":
        raise Problem(f"The codes of {name} are made, not imported; `nudgekit offers export` lists them.")
    filled = fill(reached.store, name, read_codes(file))
    say(f"{name}: {filled.new} codes imported, {filled.known} were there already or came twice")


def read_codes(file: Path) -> list[str]:
    """The codes in `file`, in order: one a line, or the first column of a CSV, which may have a heading.

    Raises:
        Problem: a line has no code; says which, and never what stands there.
    """
    try:
        return list(_codes(file.read_text(encoding="utf-8-sig"), file))
    except (OSError, UnicodeError, csv.Error):
        raise Problem(f"{file} cannot be read as text.") from None


def _codes(text: str, file: Path) -> Iterator[str]:
    for number, row in enumerate(csv.reader(text.splitlines()), 1):
        code = row[0].strip() if row else ""
        if not code or (number == 1 and code.lower() == "code"):
            continue
        if not SHORTEST <= len(code) <= LONGEST or not code.isprintable() or len(plain_code(code)) < SHORTEST:
            raise Problem(
                f"{file}:{number} has no code: {SHORTEST} to {LONGEST} letters and digits, nothing was imported."
            )
        yield code


def _table(offers: Mapping[str, Offer], store: Store) -> Table:
    table = Table("offer", "worth", "codes", "budget", "given", "used", "left", "days")
    for name, offer in offers.items():
        table.add_row(name, str(offer.terms(name)), offer.codes, *_counts(name, offer, store), _days(offer))
    return table


def _counts(name: str, offer: Offer, store: Store) -> tuple[str, ...]:
    refs = drawers_of(name)
    found = store.read(refs)
    drawers: list[Drawer] = [found[ref].value if ref in found else Drawer() for ref in refs]
    left = sum(
        drawer.left(quota_of(offer.budget, number), pooled=offer.codes == "pool")
        for number, drawer in enumerate(drawers)
    )
    given, used = sum(each.given for each in drawers), sum(each.used for each in drawers)
    return (str(offer.budget) if offer.budget is not None else "the pool", str(given), str(used), str(left))


def _days(offer: Offer) -> str:
    if offer.valid_from is None and offer.valid_until is None:
        return "always"
    return f"{offer.valid_from or ''} to {offer.valid_until or ''}".strip()


def _export(offer: Offer, name: str, file: Path, key: bytes) -> None:
    if offer.codes != "generated":
        raise Problem(f"The codes of {name} were imported: you have them.")
    terms = offer.terms(name)
    file.touch(mode=0o600)
    file.chmod(0o600)  # nobody else's to read, also where there was a file before
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(("code", "offer", "worth", "valid_until"))
        for code in codes_of(offer, name, key):
            writer.writerow((code, name, str(terms), offer.valid_until or ""))
    say(f"{offer.budget} codes of {name}: {file}. They are worth money: keep the file like cash.")


def codes_of(offer: Offer, name: str, key: bytes) -> Iterator[str]:
    """Every code that will be made for an offer within its budget."""
    for drawer in range(DRAWERS):
        for number in range(quota_of(offer.budget, drawer) or 0):
            yield code_of(key, name, drawer, number)


def _key(profile: str | None, reached: Reached) -> bytes:
    if "OfferKeyArn" not in reached.outputs:
        raise Problem("The stack has no output OfferKeyArn; deploy this release of nudgekit first.")
    secrets = (
        account_client("secretsmanager", profile) if profile else client("secretsmanager", running(paths.project()).aws)
    )
    return str(secrets.get_secret_value(SecretId=reached.outputs["OfferKeyArn"])["SecretString"]).encode()
