"""The people of the other triggers: each plays the way to one message, or to one silence.

Who is held out is decided by their id, so those names are chosen.
"""

from dataclasses import replace
from typing import Any

from events.sample.person import ALL, Person
from events.sample.plots import (
    AMERICA,
    AUSTRALIA,
    BUYS,
    COUPON,
    FADES,
    KEEN,
    LATELY,
    LOOKS,
    LUMEN,
    PAGES,
    SELLS,
    SIGNS_UP,
    TOKYO,
)
from events.sample.trouble import TROUBLED

MESSAGES = (
    Person("Cosima", f"{LATELY}, 30 view rug, 200 view lamp", mail="+ignores"),
    Person("Gwen", f"{LATELY}, -1d+90 wish bike, -1d+200 wish tandem", mail="+ignores"),
    Person("Kasimir", f"{LATELY}, -5d wish clock, -5d+2 wish shears", mail="+opens"),
    Person("Milo", f"{LATELY}, -5d wish planter, -5d+2 wish bowl", mail="+opens"),
    Person("Vito", f"{LATELY}, {LOOKS}", mail="+opens"),
    Person("Willa", f"{LATELY}, {LUMEN}", mail="+ignores"),
    Person("Aino", "-20d taken", mail="+clicks"),
    Person("Clio", f"{LATELY}, -2d+150 view rug", mail="+clicks"),
    Person("Ilse", f"{LATELY}, -180d+60 order lamp", mail="+opens"),
    Person("Maren", f"{LATELY}, -100d order kettle, -3d+100 order lamp", mail="+opens"),
    Person("Nevin", f"{LATELY}, -20d+5 view lamp, -20d+6 view throw", mail="+opens"),
    Person("Stine", f"{LATELY}, {SELLS}", mail="+ignores"),
    Person("Bruno", f"{LATELY}, 20 list, 150 list table", mail="+opens"),
    Person("Dimas", f"{LATELY}, {PAGES}", mail="+opens"),
    Person("Karin", LATELY, mail="+opens", segments=("vip", "late")),
    Person("Leon", "-20d read, -5d cashback", mail="+opens"),
    Person("Paula", f"{LATELY}, 10 signup", mail="+opens"),
    Person("Yara", f"{LATELY}, 40 exit rug, 44 page, 80 exit rug, 90 page"),
    Person("Tessa", f"{LATELY}, -1d+10 remind kettle 50", mail="+ignores"),
    Person("Ursel", f"{LATELY}, 35 subscribe, 65 subscribe", can="email", yes="", mail="+clicks"),
)

DID_IT = (
    Person("Jutta", f"{LATELY}, 30 view rug, 36 add mug"),
    Person("Nora", f"{LATELY}, -1d+90 wish bike, -1d+96 chat bike"),
    Person("Petra", f"{LATELY}, {LOOKS}, 60 order lamp"),
    Person("Sonja", f"{LATELY}, {LUMEN}, 5 order bulb"),
    Person("Udo", f"{LATELY}, -2d+150 view rug, -1d order rug"),
    Person("Zlata", f"{LATELY}, 20 list, 50 publish"),
    Person("Yusra", f"{LATELY}, {COUPON}, -1d apply"),
    Person("Wolf", f"{LATELY}, 40 exit rug, 44 order rug, 46 page"),
    Person("Ysolde", f"{LATELY}, -100d order kettle, -3d+100 order lamp, -1d cancel lamp"),
)

HELD_OUT = (
    Person("Fergus", f"{LATELY}, {LUMEN}"),
    Person("Quentin", f"{LATELY}, 30 view rug"),
    Person("Joris", f"{LATELY}, -1d+90 wish bike"),
    Person("Timo", f"{LATELY}, {LOOKS}"),
    Person("Vida", f"{LATELY}, -100d order kettle, -3d+100 order lamp"),
    Person("Konrad", f"{LATELY}, -180d+60 order lamp"),
    Person("Kuno", f"{LATELY}, {COUPON}"),
    Person("Lova", f"{LATELY}, 40 exit rug, 44 page"),
    Person("Noemi", f"{LATELY}, -2d+150 view rug"),
    Person("Zita", f"{LATELY}, 20 list"),
    Person("Edda", f"{LATELY}, 10 signup"),
    Person("Gerd", f"{LATELY}, {SELLS}"),
    Person("Luisa", f"{LATELY}, {PAGES}"),
    Person("Helga", f"{LATELY}, -20d+5 view lamp, -20d+6 view throw"),
    Person("Felix", f"{LATELY}, -5d wish planter"),
    Person("Frida", LATELY, segments=("vip",)),
    Person("Boris", "-20d read, -5d cashback"),
)

TOO_LITTLE = (
    Person("Rhea", f"{LATELY}, 60 view vase"),
    Person("Zeno", f"{LATELY}, -1d+10 remind vase 80"),
    Person("Silas", f"{LATELY}, -2d+170 view vase"),
    Person("Ravi", f"{LATELY}, -1d+130 wish scooter"),
    Person("Orla", f"{LATELY}, -1d+120 look globe, -1d+121 details globe, -1d+122 details globe, -1d+123 wish globe"),
    Person("Yann", f"{LATELY}, -1d+180 view globe, -1d+181 view globe, -1d+183 view globe, -1d+184 view globe"),
    Person("Ole", f"{LATELY}, -100d order kettle, -3d+100 order globe"),
    Person("Doreen", f"{LATELY}, -180d+60 order globe"),
)

AGAIN = (
    Person("Cornel", f"{LATELY}, -20d view rug, -2d+150 view rug"),
    Person("Dagny", f"{LATELY}, {LUMEN.replace('-1d', '-10d')}, {LUMEN}"),
    Person("Erwin", f"{LATELY}, {LOOKS.replace('-1d', '-8d')}, {LOOKS}"),
    Person("Fanny", f"{LATELY}, -100d order kettle, -15d order lamp, -3d+100 order lamp"),
)

AT_NIGHT = (
    Person("Gideon", f"{LATELY}, 130 list", zone=TOKYO),
    Person("Hedda", f"{LATELY}, -1d+200 wish bike", zone=TOKYO),
    Person("Ingo", f"{LATELY}, {LUMEN.replace('+18', '+38')}", zone=TOKYO, can="push"),
    Person("Jana", f"{LATELY}, -100d order kettle, -3d+140 order lamp", zone=TOKYO, can="push"),
    Person("Lotte", f"{LATELY}, -2d+140 view rug", zone=TOKYO, can="push"),
    # By the morning it is no longer so, or they did it themselves.
    Person("Rin", f"{LATELY}, -5d wish clock", zone=TOKYO),
    Person("Sora", f"{LATELY}, -5d wish planter", zone=TOKYO),
    Person("Yuna", f"{LATELY}, -5d wish shears", zone=TOKYO),
    Person("Natsu", f"{LATELY}, -5d wish shears, 325 order shears", zone=TOKYO),
    Person("Tomo", f"{LATELY}, -5d wish bowl, 325 order bowl", zone=TOKYO),
    Person("Emi", "-20d+1 taken, 325 read a-9", zone=TOKYO),
    Person("Jiro", "-20d read, 325 order rug", zone=TOKYO),
)

OTHERS = (
    Person("Arno", f"{LATELY}, -6d order clock, -5d view clock"),
    Person("Berit", f"{LATELY}, 60 glance teapot"),
    Person("Malte", f"{LATELY}, -5d refuse, 35 subscribe"),
    Person("Nele", f"{LATELY}, 40 exit rug, 44 page", no="onsite"),
    Person("Saga", f"{LATELY}, -4d add lamp, 40 exit rug, 42 remove lamp, 44 page"),
)


def crowd() -> tuple[Person, ...]:
    """People who do everything, of whom each kind is left alone for one reason."""
    kinds: tuple[tuple[tuple[str, ...], dict[str, Any], tuple[str, ...]], ...] = (
        (("Anselm", "Bela", "Dario", "Elif"), {"yes": ""}, ()),
        (("Hilda", "Ivo", "Jette", "Tilda"), {"can": ""}, ()),
        (("Nils", "Olive", "Pavel", "Xaver"), {}, ("staff",)),
        (("Kenji", "Mika", "Aiko", "Haru"), {"zone": AMERICA, "can": "push"}, ("late",)),
        (("Bryce", "Darcy", "Kylie", "Tahlia"), {"zone": AUSTRALIA, "can": "push"}, ()),
        (("Henk", "Alma", "Agnes", "Inga"), {}, ()),
        (("Thea", "Ulf", "Veit", "Wiebke"), {"can": "email", "yes": "push"}, ()),
        (("Achim", "Birte", "Claas", "Dorte"), {"can": "email", "mail": "family@example.com"}, ()),
        (("Elmar", "Femke", "Gero", "Heike"), {"can": "email", "mail": "family@example.com"}, ()),
    )
    plots = (KEEN, BUYS, FADES, SIGNS_UP)
    return tuple(
        Person(name, plot if name == names[0] else f"{LATELY}, {plot}", segments=(*segments, "vip"), **how)
        for names, how, segments in kinds
        for name, plot in zip(names, plots, strict=True)
    )


def customers() -> tuple[Person, ...]:
    """Customers of the last year, who allowed nothing: what they looked at and bought says what goes with what."""
    light = "-40d view lamp, -40d+1 view bulb, -40d+2 view lantern, -40d+3 view sconce"
    soft = "-40d+4 view throw, -40d+5 view cushion, -60d order throw cushion rug"
    lit = f"{light}, {soft}, -{{}}d order lamp bulb lantern sconce"
    cook = "-40d view kettle, -40d+1 view mug, -60d order kettle mug, -50d order kettle mug plates"
    cook = f"{cook}, -8d view lantern, -8d+1 view sconce"
    names = ("Gaia", "Enno", "Basil", "Freya", "Kira", "Urs", "Wendel", "Celia")
    plots = [lit.format(4 + number) for number in range(4)] + [cook] * 4
    return tuple(Person(name, f"{LATELY}, {plot}", yes="") for name, plot in zip(names, plots, strict=True))


def _asked(person: Person) -> str:
    """By what they can be reached, if by anything."""
    return " ".join(each for each in ("push", "email") if each in person.can.split()) or "push email"


CAST = (
    *MESSAGES,
    *DID_IT,
    *HELD_OUT,
    *TOO_LITTLE,
    *AGAIN,
    *AT_NIGHT,
    *OTHERS,
    *TROUBLED,
    *crowd(),
    *customers(),
)

PLAYERS = tuple(replace(each, yes=_asked(each)) if each.yes == ALL else each for each in CAST)
"""Their triggers go by push, mail and page, so they were not asked for more."""
