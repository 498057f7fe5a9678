"""On the functions and queues of template.yaml: a sale and reminders of carts share no queue but that of the facts."""

import json
from collections import defaultdict

import pytest

from nudgekit.model.base import Channel
from tests.benchmarks.account import Record
from tests.benchmarks.beside import Play, Scene, known

SHARED = {"ProjectProfileQueue"}


@pytest.mark.parametrize("channel", [Channel.PUSH, Channel.EMAIL])
def test_a_sale_and_reminders_meet_on_no_queue(channel: Channel) -> None:
    scene = Scene(channel, people=20, carts=4, a_second=4.0)
    play = Play(scene, known(scene), sale=True, together={})
    seen = defaultdict[str, set[str]](set)
    heard = play.account.on_queue

    def note(record: Record) -> None:
        heard(record)
        begins = json.loads(record.body).get("detail-type") == "Flash Sale Started"  # it asks everybody
        if begins or "person-" in record.body:
            seen["sale"].add(record.queue)
        elif any(person in record.body for person in scene.shoppers):
            seen["reminders"].add(record.queue)

    play.account.on_queue = note
    times = play.played()
    name = channel.name.title()
    assert len(times.sold) == 20
    assert seen["reminders"] == {"CartAbandonmentQueue", f"Deliver{name}Queue"} | SHARED
    assert seen["sale"] - SHARED == {"FlashSaleQueue", f"Deliver{name}BulkQueue"}
