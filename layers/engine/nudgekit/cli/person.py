"""`nudgekit person`: give out, or erase, everything that is kept of somebody, of the local stack or of an account."""

import json
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from nudgekit.cli.console import out, say
from nudgekit.cli.letters import Letters
from nudgekit.cli.local import paths
from nudgekit.cli.local.clients import account_client, client
from nudgekit.cli.local.stack import running
from nudgekit.cli.place import Place
from nudgekit.cli.scan import Words, scan
from nudgekit.errors import Problem

Act = Literal["export", "erase", "verify"]


def run(  # noqa: PLR0913, PLR0917 - one option each
    act: Annotated[Act, typer.Argument(help="export, erase, or verify that nothing is left.")],
    person: Annotated[str, typer.Argument(help="The person's id; a device's as anonymous:<id>.")],
    out_file: Annotated[Path | None, typer.Option("--out", help="Where to write the export.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before erasing.")] = False,
    profile: Annotated[str | None, typer.Option(help="AWS profile; without it, the local stack.")] = None,
    stack: Annotated[str, typer.Option(help="Stack name in the account of --profile.")] = "nudgekit",
) -> None:
    """Export or erase everything about a person."""
    place = _place(profile, stack)
    if act == "export":
        _export(place, person, out_file)
    elif act == "erase":
        _erase(place, person, yes=yes)
    else:
        _verify(place, person, Words((person,)))


def _place(profile: str | None, stack: str) -> Place:
    if profile is None:
        local = running(paths.project())
        return Place(lambda service: client(service, local.aws), local.outputs)
    return Place.of_stack(lambda service: account_client(service, profile), stack)


def ask(place: Place, act: Act, person: str) -> dict[str, Any]:
    """Let the function `person` do something.

    Raises:
        Problem: it could not; with the kind of its error.
    """
    answer = place.client("lambda").invoke(
        FunctionName=place.output("PersonFunctionName"), Payload=json.dumps({act: person})
    )
    told: dict[str, Any] = json.loads(answer["Payload"].read() or "{}")
    if answer.get("FunctionError"):
        kind = told.get("errorType", "an error")
        raise Problem(f"The function `person` ended with {kind}. Ask again: what it did stays done.")
    return told


def _export(place: Place, person: str, out_file: Path | None) -> None:
    told = ask(place, "export", person)
    letters, words = Letters(place), Words.of(told)
    told["dead_letters"] = letters.naming(words)
    told["under_way"], crowded = letters.under_way(words)
    told["not_seen"] += [f"The queue {each}: it holds too many messages to look at them all." for each in crowded]
    text = json.dumps(told, indent=2, ensure_ascii=False)
    if out_file is None:
        out.print(text, markup=False)
        return
    out_file.write_text(text + "\n", encoding="utf-8")
    count = len(told["documents"])
    say(f"{count} documents, {len(told['wake_ups'])} wake-ups and {len(told['dead_letters'])} dead letters: {out_file}")


def _erase(place: Place, person: str, *, yes: bool) -> None:
    told = ask(place, "export", person)
    words = Words.of(told)
    say(f"{len(told['documents'])} documents under {len(told['ids'])} ids will be deleted for good.")
    if not yes:
        typer.confirm("Erase this person?", abort=True)
    erased = ask(place, "erase", person)
    letters = Letters(place).forget(words)
    say(
        f"erased: {erased['documents']} documents, {erased['wake_ups']} wake-ups, {erased['aliases']} addresses, "
        f"{letters} dead letters"
    )
    _verify(place, person, words)


def _verify(place: Place, person: str, words: Words) -> None:
    """Look through every row of every table, and every dead letter, for the words."""
    told = ask(place, "verify", person)
    found = [*told["left"], *scan(place, words), *(each["queue"] for each in Letters(place).naming(words))]
    if not told["suppressed"]:
        raise Problem("This person was not erased: no keyed hash of the id is kept. Use `nudgekit person erase`.")
    if found:
        raise Problem(f"{len(found)} places still know the person, the first: {found[0]}. Erase once more.")
    say("nothing is left but the keyed hashes")
