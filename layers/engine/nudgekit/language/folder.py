"""Reading one rule file: run it, and tell every mistake in it together."""

import ast
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import MISSING, fields, replace
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from nudgekit.language.cells import Cells
from nudgekit.language.mistakes import Place, collecting, nearest, report
from nudgekit.language.names import is_trigger_id
from nudgekit.language.offer import Offer
from nudgekit.language.policy import Policy
from nudgekit.language.segments import Shelf, named, reaching
from nudgekit.language.trigger import Trigger
from nudgekit.language.versions import check_version
from nudgekit.model.base import Channel


def load_trigger_folder(folder: Path, topics: Callable[[], Collection[str]] | None = None) -> Trigger:
    """The trigger of the folder `rules/<id>`, checked against its messages and its released versions.

    Args:
        folder: has `rule.py`, `messages/` and, once released, `versions/`.
        topics: tells what people can choose, asked when the trigger names a topic; None: nobody knows.

    Raises:
        RuleError: every mistake in it, each with its file, line and remedy.
    """
    path = folder / "rule.py"
    with collecting() as found, _reaching_segments(folder.parent):
        trigger = _read(path, "trigger", Trigger)
        if isinstance(trigger, Trigger):
            _check_folder(trigger, folder, path)
            if trigger.topic and topics is not None:
                _check_topic(trigger.topic, topics(), path)
            if not found and isinstance(trigger.offer, str):
                trigger = _with_terms(trigger, trigger.offer, folder, path)
            if not found:
                check_version(trigger, folder, line_of(path, "version"))
    return trigger  # type: ignore[no-any-return]  # anything else was reported, so raised


def load_segments(path: Path) -> Shelf:
    """The segments that the file `path` declares; none when there is no such file.

    Raises:
        RuleError: every mistake in it, each with its file, line and remedy.
    """
    with collecting():
        return _shelf(path)


def _reaching_segments(book: Path) -> AbstractContextManager[None]:
    return reaching(cache(lambda: _shelf(book / "segments.py")))


def _shelf(path: Path) -> Shelf:
    tree = _parse(path) if path.exists() else None
    names = (_run(tree, path, complete=True) if tree is not None else None) or {}
    cells = names.get("cells")
    return Shelf(str(path), named(names), cells if isinstance(cells, Cells) else None)


def load_offers(path: Path) -> Mapping[str, Offer]:
    """The offers that the file `path` declares, by the names it gives them; none when there is no such file.

    Raises:
        RuleError: every mistake in them, each with its file, line and remedy.
    """
    if not path.exists():
        return {}
    with collecting(), _reaching_segments(path.parent):
        tree = _parse(path)
        names = _run(tree, path, _check_keywords(tree, Offer, path)) if tree is not None else None
        offers = {name: each for name, each in (names or {}).items() if isinstance(each, Offer)}
        for name in offers:
            if not is_trigger_id(name):
                remedy = "use at most 40 lower-case letters, digits and _"
                report(f"{name!r} cannot be an offer's name", remedy, Place(str(path), 0))
    return offers


def _with_terms(trigger: Trigger, name: str, folder: Path, path: Path) -> Trigger:
    """The trigger with what its offer promises, and to whom."""
    offers = load_offers(folder.parent / "offers.py")
    if name not in offers:
        remedy = nearest(name, tuple(offers)) if offers else f"declare it in {folder.parent / 'offers.py'}"
        report(f'there is no offer "{name}"', remedy, line_of(path, "offer"))
        return trigger
    return replace(trigger, offer=offers[name].terms(name))


def load_policy(path: Path, triggers: Sequence[str] | None = None) -> Policy:
    """The policy that the file `path` declares.

    Args:
        path: the file.
        triggers: the shop's triggers, for the policy to name; None: nobody knows.

    Raises:
        RuleError: every mistake in it, each with its file, line and remedy.
    """
    with collecting(), _reaching_segments(path.parent):
        policy: Policy = _read(path, "policy", Policy)
        if isinstance(policy, Policy) and triggers is not None:
            _check_named(policy, triggers, path)
    return policy  # mistakes are raised in between


def _check_named(policy: Policy, triggers: Sequence[str], path: Path) -> None:
    for name in sorted(policy.triggers_named - set(triggers)):
        lines = [number for number, line in enumerate(path.read_text().splitlines(), 1) if f'"{name}"' in line]
        report(f'there is no trigger "{name}"', nearest(name, triggers), Place(str(path), lines[0] if lines else 0))


def _read(path: Path, variable: str, kind: type) -> Any:
    """What the file calls `variable`; None when there was a mistake, which is then reported."""
    tree = _parse(path)
    if tree is None:
        return None
    complete = _check_keywords(tree, kind, path)
    names = _run(tree, path, complete)
    if names is None:
        return None
    if not isinstance(names.get(variable), kind):
        report(f"the file declares no {variable}", f"write {variable} = {kind.__name__}(...)", Place(str(path), 0))
    return names.get(variable)


def _parse(path: Path) -> ast.Module | None:
    try:
        return ast.parse(path.read_text(), str(path))
    except SyntaxError as error:
        report(f"Python cannot read it: {error.msg}", "correct the line", Place(str(path), error.lineno or 0))
    except (OSError, UnicodeError):
        report("there is no such file", "write it, or remove its folder", Place(str(path), 0))
    return None


def _run(tree: ast.Module, path: Path, complete: bool) -> dict[str, Any] | None:
    module = ModuleType(f"rules.{path.parent.name}.{path.stem}")
    module.__file__ = str(path)
    try:
        exec(compile(tree, str(path), "exec"), vars(module))  # noqa: S102  # the shop's own rule, as reviewed as ours
    except Exception as error:  # whatever the file raises is its author's mistake
        if complete:
            what = f"it fails with {type(error).__name__}: {error}"
            report(what, "correct the line", Place(str(path), _failing_line(error, path)))
        return None
    return vars(module)


def _failing_line(error: BaseException, path: Path) -> int:
    trace, line = error.__traceback__, 0
    while trace is not None:
        line = trace.tb_lineno if trace.tb_frame.f_code.co_filename == str(path) else line
        trace = trace.tb_next
    return line


def _check_keywords(tree: ast.Module, kind: type, path: Path) -> bool:
    """Report unknown and missing keywords of `kind(...)`, and take the unknown ones out, to check the rest."""
    names = [field.name for field in fields(kind)]
    needed = {field.name for field in fields(kind) if field.default is MISSING}
    complete = True
    for call in _calls(tree, kind.__name__):
        for keyword in [each for each in call.keywords if each.arg and each.arg not in names]:
            report(f"{keyword.arg}= is not known", nearest(str(keyword.arg), names), Place(str(path), keyword.lineno))
            call.keywords.remove(keyword)
        given = {each.arg for each in call.keywords}
        for name in sorted(needed - given) if None not in given else ():
            report(f"{name}= is missing", f"say {name} in {kind.__name__}(...)", Place(str(path), call.lineno))
            complete = False
    return complete


def _calls(tree: ast.Module, name: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
            yield node


def _check_folder(trigger: Trigger, folder: Path, path: Path) -> None:
    if trigger.id != folder.name:
        what = f'the folder is called "{folder.name}", the trigger "{trigger.id}"'
        report(what, "give both the same name", line_of(path, "id"))
    ladder = {each.name for each in trigger.ladder if isinstance(each.channel, Channel)}
    written = {each.stem for each in (folder / "messages").glob("*.liquid")}
    for name in sorted(ladder - written):
        report(f'the rung "{name}" has no message', f"write messages/{name}.liquid", line_of(path, "ladder"))
    variants = trigger.experiment.variants if trigger.experiment else ()
    known = ladder | {f"{name}.{variant}" for name in ladder for variant in variants}
    for name in sorted(written - known):
        file = folder / "messages" / f"{name}.liquid"
        remedy = "add a rung to the ladder, or a variant to the experiment, or remove the file"
        report("no rung sends this message", remedy, Place(str(file), 0))
    for variant in variants:
        if not any(f"{name}.{variant}" in written for name in ladder):
            remedy = f"write messages/{next(iter(sorted(ladder)), 'email')}.{variant}.liquid, or remove it"
            report(f'the variant "{variant}" has no message', remedy, line_of(path, "experiment"))


def _check_topic(topic: str, topics: Collection[str], path: Path) -> None:
    """A topic that the preference page does not show is one that nobody can refuse, nor take up again."""
    if topic not in topics:
        declare = f'declare it in {path.parents[1] / "policy.py"}, as in topics=(Topic({topic!r}, "..."),)'
        remedy = f"{nearest(str(topic), tuple(topics))}, or {declare}" if topics else declare
        report(f"the policy names no topic {topic!r}", remedy, line_of(path, "topic"))


def line_of(path: Path, keyword: str) -> Place:
    """Where the rule in the file `path` says `keyword`; line 0 when it does not."""
    tree = _parse(path) or ast.Module([], [])
    lines = (each.lineno for call in _calls(tree, "Trigger") for each in call.keywords if each.arg == keyword)
    return Place(str(path), next(lines, 0))
