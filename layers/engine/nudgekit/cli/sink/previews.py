"""What the page of previews shows: every message of every trigger in every locale, written anew from the rules."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nudgekit.book import Book, load_book
from nudgekit.cli.explain.rule import headline
from nudgekit.cli.explain.said import Said, said
from nudgekit.content.push import cut_off
from nudgekit.errors import RuleError
from nudgekit.language.levels import level_of


def previews(rules: Path) -> dict[str, Any]:
    """All messages of the rules in the folder `rules`, as JSON; what cannot be read is told in its place."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    try:
        book = load_book(rules)
        shop, locales = book.policy.shop.name, list(book.policy.locales)
    except RuleError as error:
        return {"triggers": [], "locales": [], "now": now, "mistake": str(error)}
    triggers = [_trigger(book, each) for each in book.ids]
    return {"triggers": triggers, "locales": locales, "shop": shop, "now": now}


def _trigger(book: Book, trigger_id: str) -> dict[str, Any]:
    try:
        trigger = book.trigger(trigger_id)
        names = {name: template.names for name, template in book.messages(trigger_id).items()}
        messages = [_message(each) for each in said(book, trigger_id)]
        level = int(level_of(trigger, names).level)
    except RuleError as error:
        return {"id": trigger_id, "headline": "", "level": 0, "messages": [], "mistake": str(error)}
    return {"id": trigger_id, "headline": headline(trigger), "level": level, "messages": messages}


def _message(each: Said) -> dict[str, Any]:
    content = each.content
    return {
        "name": each.name,
        "half": each.half,
        "channel": each.channel,
        "locale": each.locale,
        "content": content.model_dump(mode="json", exclude_none=True) if content is not None else None,
        "instead": each.instead,
        "size": each.size,
        "cut": cut_off(content.title or "", content.body) if content is not None and each.channel == "push" else [],
    }
