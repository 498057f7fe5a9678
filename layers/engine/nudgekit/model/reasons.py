"""The closed list of reasons: why a message was not sent, waits, failed, or why a run is over."""

from enum import StrEnum


class Reason(StrEnum):
    """One word for each reason, with the sentence that people read."""

    def __new__(cls, code: str, text: str) -> "Reason":
        """A code for machines that carries its sentence."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.text = text
        return member

    text: str

    # The person is not asked at all.
    UNLESS_MET = "unless_met", "the person did what the rule waits for"
    NO_LONGER_TRUE = "no_longer_true", "what the message rests on is no longer so"
    CART_EMPTY = "cart_empty", "nothing is left in the cart"
    OUT_OF_STOCK = "out_of_stock", "what the message is about cannot be bought any more"
    NOT_IN_AUDIENCE = "not_in_audience", "the rule is not for this person, or the shop leaves them out"
    NOTHING_TO_RECOMMEND = "nothing_to_recommend", "too few products are left that could be recommended to the person"
    HELD_OUT = "held_out", "the person is in the holdout, so that the effect can be measured"
    ASKED_RECENTLY = "asked_recently", "this trigger asked the person not long ago"
    EXPIRED = "expired", "it is too late for this message to be of use"

    RULE_GONE = "rule_gone", "the version of the rule that began it is no longer deployed"
    ERASED = "erased", "the person's data was erased, and nothing was allowed anew since"
    COLLAPSED = "collapsed", "of the messages that waited for the same hour, a better one goes out"
    MERGED = "merged", "the person turned out to be one already known, where the run goes on"

    # One channel is passed over.
    NO_CONSENT = "no_consent", "the person has not allowed this channel for this purpose"
    UNREACHABLE = "unreachable", "there is no working address for this channel"
    ADDRESS_SHARED = "address_shared", "the address was messaged about this already, for somebody who shares it"
    PROVIDER_DOWN = "provider_down", "the channel's provider is not working at the moment"
    NOT_DELIVERED_THERE = "not_delivered_there", "messages of this kind are not delivered in the person's country"
    NOT_REGISTERED = "not_registered", "the law of the person's country asks for a registration that the message lacks"
    DO_NOT_CALL = "do_not_call", "the number stands in a do-not-call register, or was not checked against it lately"
    TEMPLATE_NEEDED = "template_needed", "free text may only answer what the person wrote within the last 24 hours"
    OFFER_ENDED = "offer_ended", "the code that the message shows no longer counts"
    RENDER_FAILED = "render_failed", "the message could not be written with the data at hand"
    ABORTED = "aborted", "the message says itself that it shall not be sent, by the words in its file"
    NO_CHANNEL = "no_channel", "no channel of the ladder was open, for different reasons"

    # The run waits.
    FACTS_BEHIND = "facts_behind", "what the person did lately is not known yet"
    STILL_ACTIVE = "still_active", "the person was active a moment ago"
    QUIET_HOURS = "quiet_hours", "it is night where the person is"
    LEGAL_HOURS = "legal_hours", "the law of the place where the person is does not allow it at this hour"
    OUTRANKED = "outranked", "a more important message to the person is about to go out"
    STOPPED = "stopped", "somebody stopped this trigger, this channel or everything"
    SAFETY_LIMIT = "safety_limit", "the trigger reached unusually many people in a short time, and somebody must look"
    CAPPED = "capped", "the person has had enough messages lately"
    AWAITING_ENGAGEMENT = "awaiting_engagement", "the last message gets its time to be read"

    # The run is over after a message.
    ENGAGED = "engaged", "the person opened or clicked the message"
    DELIVERED = "delivered", "the message arrived, which is all this rung asks for"
    GOAL_REACHED = "goal_reached", "the person did what the rule hopes for, after a message"
    LADDER_FINISHED = "ladder_finished", "the last rung has been sent"
    ALL_FAILED = "all_failed", "no channel could hand its message over"

    # A message did not make it.
    BOUNCED = "bounced", "the address does not exist or refuses mail for good"
    COMPLAINED = "complained", "the person reported the message as unwanted"
    ADDRESS_DISABLED = "address_disabled", "the address or device no longer takes messages"
    OPTED_OUT = "opted_out", "the provider knows the person has opted out"
    REJECTED = "rejected", "the provider refused the message for good"
    HELD_BACK = "held_back", "the provider holds marketing back from this person for a while"
    PRICE_ROSE = "price_rose", "the price has risen above what the message says"
    NOT_PICKED_UP = "not_picked_up", "its channel did not get round to it in time"
    NO_VISIT = "no_visit", "it waited on the shop's page, and the person did not come"
    UNDELIVERED = "undelivered", "the provider gave up on delivering it"
    IN_DOUBT = "in_doubt", "the provider may or may not have taken it; it is not sent again"
