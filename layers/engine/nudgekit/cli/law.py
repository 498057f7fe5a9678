"""`nudgekit law`: docs/reference/law.md, written from the tables that decisions ask."""

import tomllib
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from nudgekit.cli.console import Problem, say
from nudgekit.law.rows import (
    ELSEWHERE,
    WEEKDAYS,
    DoNotCallRow,
    HoursRow,
    PauseRow,
    RegistrationRow,
    Row,
    UndeliveredRow,
    WindowRow,
)
from nudgekit.law.tables import Tables, tables

PAGE: Final = Path("docs/reference/law.md")
REMEDY: Final = "run `nudgekit law` and commit docs/reference/law.md"

INTRODUCTION: Final = """\
# The law tables

<!-- Written by `nudgekit law` from layers/engine/nudgekit/law/tables/; do not edit. -->

**This is not legal advice.** It is what was read, where, and when; whether it is right, complete and enough for the
places you send to is for your own lawyers to say. Nothing here knows your exemptions, your contracts or the law's
exceptions.

How the rows are used:

- **The strictest row wins.** Every row that applies must allow the moment. Rows apply for the country of the profile
  and for the country of the phone number; when the state is not known, the rows of all states of the country apply.
  The state of a number of the United States is that of its area code. Places without a row of their own fall under
  `elsewhere-sms`; so do the territories of the United States that have a country code of their own. Parts of France
  that have one have rows of their own. A row begins and ends with the day that the person's clock shows.
- **Time is the person's.** The zone is the first that is known: profile, device, phone number, country, the shop's own.
  A phone number or a country may leave several zones open: then the hour must be legal in all of them. In the United
  States and Canada a number names every zone of its area code; elsewhere it tells its country and no more; with a
  profile of another country, the zones of both count. Weekday and holiday are those of the zone. Start is included,
  end excluded. Clocks are those of the pinned release of the time zone database.
- **A shop tightens** by `QuietHours` in its policy, and **loosens** only by an `Override` that names the row, the
  reason, who approved it and when; it shows in the trace of every decision that it changed, and in what
  `nudgekit validate` prints.
- **Decisions name the tables** they were made by: the trace of `legal_hours` has the beginning of the digest below.

| confidence | means |
|---|---|
| primary | the text of the law or rule itself was read |
| secondary | a regulator's or lawyer's account of it was read |
| vendor | a messaging company's table or help page says so |
| unverified | sources are few or disagree; the stricter one counts |
| choice | ours: nothing was found that decides it |
"""


def run(
    check: Annotated[bool, typer.Option("--check", help="Only look; fail when page and tables disagree.")] = False,
    root: Annotated[Path, typer.Option(help="The project's folder.")] = Path(),
) -> None:
    """Write docs/reference/law.md from the tables of the law."""
    path, text = root / PAGE, page(tables())
    if not check:
        path.write_text(text, encoding="utf-8")
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        raise Problem(f"{PAGE}: differs from the tables\n{REMEDY}")
    say(f"{len(tables().ids)} rows in {PAGE}, digest {tables().mark}; this is not legal advice")


def page(law: Tables) -> str:
    """The page about `law`, as Markdown."""
    parts = [INTRODUCTION, f"Digest of the tables: `{law.digest}`\n"]
    for title, head, rows, cells in _sections(law):
        lines = [f"## {title}\n", _line(["row", *head, "confidence", "read", "source"])]
        lines.append("|" + "---|" * (len(head) + 4))
        lines += [_line([f"`{row.id}`", *cells(row), *_provenance(row)]) for row in rows]
        parts += ["\n".join(lines) + "\n", *_notes(rows)]
    return "\n".join([*parts, _words_page()])


type _Section = tuple[str, list[str], tuple[Any, ...], Callable[[Any], list[str]]]


def _sections(law: Tables) -> Iterator[_Section]:
    yield "Hours", ["place", "channels", "from", "to", "not on", "in force"], law.hours, _hours
    yield "Registrations", ["numbers of", "channels", "purposes", "the message carries"], law.registrations, _field
    yield "Do-not-call registers", ["numbers of", "channels", "register", "an answer holds"], law.do_not_call, _register
    yield "Not delivered", ["numbers of", "channels", "in force"], law.undelivered, _undelivered
    yield "Service windows", ["channels", "after a message", "after one from an ad"], law.windows, _window
    yield "Pauses", ["channels", "first gap", "longest gap", "remembered"], law.pauses, _pause


def _hours(row: HoursRow) -> list[str]:
    place = "elsewhere" if row.country == ELSEWHERE else "-".join(filter(None, (row.country, row.state)))
    others = [f"{day} {span.start:%H:%M} to {span.end:%H:%M}" for day, span in row.days.items()]
    closed = [day for day in WEEKDAYS if day in row.closed] + ([] if row.public_holidays else ["public holidays"])
    until = "; ".join([f"{row.end:%H:%M}", *others])
    return [place, ", ".join(row.channels), f"{row.start:%H:%M}", until, ", ".join(closed), _since(row)]


def _field(row: RegistrationRow) -> list[str]:
    return [
        row.country,
        ", ".join(row.channels),
        ", ".join(row.purposes),
        ", ".join(f"`{each}`" for each in row.fields),
    ]


def _register(row: DoNotCallRow) -> list[str]:
    return [row.country, ", ".join(row.channels), f"`{row.register_name}`", f"{row.valid_days} days"]


def _undelivered(row: UndeliveredRow) -> list[str]:
    return [row.country, ", ".join(row.channels), _since(row)]


def _window(row: WindowRow) -> list[str]:
    return [", ".join(row.channels), f"{row.hours} h", f"{row.hours_from_ad} h"]


def _pause(row: PauseRow) -> list[str]:
    return [", ".join(row.channels), f"{row.hours} h", f"{row.longest_hours} h", f"{row.remembered_days} days"]


def _since(row: Row) -> str:
    since = f"since {row.valid_from}" if row.valid_from else ""
    return f"{since} until {row.valid_until}".strip() if row.valid_until else since


def _provenance(row: Row) -> list[str]:
    return [str(row.confidence), str(row.read_on), row.source]


def _notes(rows: tuple[Row, ...]) -> list[str]:
    notes = [f"- `{row.id}`: {row.note}" for row in rows if row.note]
    return ["\n".join(notes) + "\n"] if notes else []


def _words_page() -> str:
    table = tomllib.loads(files("nudgekit.law").joinpath("wording.toml").read_text(encoding="utf-8"))
    lines = ["## Words that people write back\n", "How they are read stands in `law/wording.py`.\n"]
    lines += [_line(["meaning", "where", "words", "read", "source"]), "|" + "---|" * 5]
    for meaning, rows in table.items():
        if isinstance(rows, list):
            lines += [_line([meaning, *_words(row)]) for row in rows]
    return "\n".join(lines) + "\n"


def _words(row: dict[str, Any]) -> list[str]:
    told = ", ".join((*row["words"], *row.get("phrases", ())))
    told += f"; {len(row['sentences'])} sentences" if "sentences" in row else ""
    return [row["where"], told, str(row["read"]), row["source"]]


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
