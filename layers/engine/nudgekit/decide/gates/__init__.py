"""The gates, in the order they are asked.

A gate is one small pure function. To add one, write it in a module of its own and name it here; nothing else changes.
"""

from typing import Final

from nudgekit.decide.gates.address_shared import address_shared
from nudgekit.decide.gates.again_after import again_after
from nudgekit.decide.gates.as_shown import as_shown
from nudgekit.decide.gates.asking import lay_out
from nudgekit.decide.gates.audience import audience
from nudgekit.decide.gates.backlog import backlog
from nudgekit.decide.gates.caps import caps
from nudgekit.decide.gates.consent import consent
from nudgekit.decide.gates.do_not_call import do_not_call
from nudgekit.decide.gates.erased import erased
from nudgekit.decide.gates.expiry import expiry
from nudgekit.decide.gates.gate import Gate
from nudgekit.decide.gates.holdout import holdout
from nudgekit.decide.gates.legal_hours import legal_hours
from nudgekit.decide.gates.offer_stands import offer_stands
from nudgekit.decide.gates.picks import picks
from nudgekit.decide.gates.priority import priority
from nudgekit.decide.gates.provider import provider
from nudgekit.decide.gates.quiet_hours import quiet_hours
from nudgekit.decide.gates.reachable import reachable
from nudgekit.decide.gates.registration import registration
from nudgekit.decide.gates.safety import safety
from nudgekit.decide.gates.still_true import still_true
from nudgekit.decide.gates.stopped import channel_stopped, stopped
from nudgekit.decide.gates.up_to_date import up_to_date
from nudgekit.decide.gates.whatsapp import delivered_there, held_back, service_window
from nudgekit.model.base import Channel

PERSON_GATES: Final = (
    Gate("stopped", stopped, at_hand_off=True),
    Gate("up_to_date", up_to_date, at_hand_off=True),
    Gate("still_true", still_true, at_hand_off=True),
    Gate("expiry", expiry, at_hand_off=True),
    Gate("audience", audience, at_hand_off=False),
    Gate("again_after", again_after, at_hand_off=False),
    Gate("backlog", backlog, at_hand_off=False),
    Gate("picks", picks, at_hand_off=False, at_claim=False),
)
"""Asked once a decision; what they refuse ends the run or makes it wait. What was picked stands in the message by the
time a page fetches it, and `as_shown` asks whether it can still be had."""

RUNG_GATES: Final = (
    Gate("channel_stopped", channel_stopped, at_hand_off=True),
    Gate("provider", provider, at_hand_off=True),
    Gate("erased", erased, at_hand_off=True),
    Gate("consent", consent, at_hand_off=True),
    Gate("reachable", reachable, at_hand_off=True),
    Gate("address_shared", address_shared, at_hand_off=True),
    Gate("do_not_call", do_not_call, at_hand_off=True),
    Gate("held_back", held_back, at_hand_off=True, channels=(Channel.WHATSAPP,)),
    Gate("legal_hours", legal_hours, at_hand_off=True),
    Gate("quiet_hours", quiet_hours, at_hand_off=True),
    Gate("caps", caps, at_hand_off=True),
    Gate("priority", priority, at_hand_off=False),
    Gate("safety", safety, at_hand_off=False, at_claim=False),
)
"""Asked for each rung; a refusal passes on to the next rung, a wait makes the run wait on this one. A refusal that says
when it may be over makes the run wait for that moment, should no other rung be open. A safety limit counted the message
when it was claimed; one that trips later stops the trigger, and `stopped` is asked everywhere."""

MESSAGE_GATES: Final = (
    Gate("registration", registration, at_hand_off=True, channels=(Channel.SMS,)),
    Gate("delivered_there", delivered_there, at_hand_off=True, channels=(Channel.WHATSAPP,)),
    Gate("service_window", service_window, at_hand_off=True, channels=(Channel.WHATSAPP,)),
    Gate("as_shown", as_shown, at_hand_off=True),
    Gate("offer_stands", offer_stands, at_hand_off=True),
    Gate("holdout", holdout, at_hand_off=True),
)
"""Asked once the message is written, as `case.content`. The holdout is the last: whom it holds back would have been
messaged now, and nothing that could go out has a way around it."""

ASKED: Final = lay_out(PERSON_GATES, RUNG_GATES, MESSAGE_GATES)
"""All of them, as decisions and hand-offs ask them.

Between a decision and its hand-off lie seconds, so the hand-off asks what a person may do or say in them. A message on
the shop's page waits for hours: its claim asks everything anew that a decision made now would ask."""

__all__ = ["ASKED", "MESSAGE_GATES", "PERSON_GATES", "RUNG_GATES", "Gate"]
