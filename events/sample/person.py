"""One person of the sample: who they are, what they allow, and what they do."""

from dataclasses import dataclass

BERLIN = "Europe/Berlin"
ALL = "push email sms whatsapp"


@dataclass(frozen=True)
class Person:
    """Who somebody is, what they allow, and what they do.

    Attributes:
        plot: a line of `<when> <what> [things]`; when is in minutes from the opening: `30`, `-3d`, `-2d+150`.
        can: by which channels they can be reached: `push`, `push-off` (a phone switched off since), `email`, `phone`.
        mail: a tag of the mail address, or another local part and domain.
        number: the last three digits of the phone number, or all of it.
        yes, no: the channels they allow and refuse; of others they have said nothing.
        zone: where their clock stands; a country where nobody knows more.
    """

    name: str
    plot: str
    can: str = "push email phone"
    yes: str = ALL
    no: str = ""
    mail: str = ""
    number: str = ""
    zone: str = "Europe/London"
    segments: tuple[str, ...] = ()
