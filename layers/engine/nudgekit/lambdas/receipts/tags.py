"""The tag on a receipt that names our message."""

from nudgekit.runs.receipts import Receipt, read_receipt


def receipt_in(tag: object) -> Receipt | None:
    """The message that `tag` names; None when there is no tag, or it is not ours."""
    return read_receipt(tag) if isinstance(tag, str) and tag else None
