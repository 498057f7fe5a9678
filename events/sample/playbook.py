"""The people of the other triggers: each plays the way to one message, or to one silence.

Who is held out is decided by their id, so those names are chosen.
"""

from dataclasses import replace
from typing import Any

from events.sample.person import ALL, Person
from events.sample.wares import PRODUCTS

TOKYO = "Asia/Tokyo"
LATELY = "-29d read, -29d+1 taken"  # an article and an offer: whoever had both is not asked to read, nor to take, more

# What several people do alike.
LOOKS = "-1d+120 look lamp, -1d+121 details lamp, -1d+122 details lamp, -1d+123 wish lamp"
LUMEN = "-1d+180 view lamp, -1d+181 view bulb, -1d+183 view lamp, -1d+184 view bulb"
PAGES = "-27d page, -26d page, -20d page, -19d page, -13d page, -12d page, -7d+60 page"
WATCHES = "-5d wish clock, -5d+1 wish planter"
SELLS = "-20d publish, -3d sold"
COUPON = "-2d coupon 1530"  # due 24 hours before it ends
KEEN = f"-1d+90 wish bike, {WATCHES}, {LOOKS}, {LUMEN}, {COUPON}, 20 list, 40 exit rug"
BUYS = "-3d+100 order lamp, -2d+150 view rug"
SIGNS_UP = "10 signup, 30 view rug, 35 subscribe"
FADES = f"-180d+60 order lamp, {PAGES}, {SELLS}, -20d+5 view lamp, -20d+6 view throw"

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
)


AMERICA, AUSTRALIA = "US", "AU"
"""Countries of many zones: it is night for whoever may be in any of them until 18:00, and until midnight, of London."""

OUTAGE = (
    *(Person(name, LATELY, can="push", segments=("late",), zone="America/Puerto_Rico") for name in ("Arvid", "Bodil", "Coen", "Dilan", "Edvin", "Finja")),
    *(Person(name, LATELY, can="email", segments=("late",), zone="America/Puerto_Rico") for name in ("Gesa", "Hauke", "Imke", "Jesper", "Kimi", "Lasse")),
)
"""To them goes the first that the providers do not take."""

ADDRESS = "flat-7@example.com"
BARRED = (
    Person("Oldrich", LATELY, can="email", mail=ADDRESS),
    *(
        Person(name, f"-60 moves email {ADDRESS}, {plot}", can="", segments=("vip",))
        for name, plot in (("Petr", KEEN), ("Ruza", BUYS), ("Sanja", FADES), ("Tereza", SIGNS_UP))
    ),
    Person("Ottmar", f"{LATELY}, -60 moves push device:ottmar, 0 wish bike, 60 view rug", can="email"),
    Person("Ubald", f"{LATELY}, -60 moves email {ADDRESS}, 40 add lamp, 100 wish jug", can=""),
)
"""The first is erased, and the others have the address since."""

HELD_BACK_AT_NOON = (
    Person("Adrian", f"{LATELY}, {LOOKS.replace('+12', '+7')}", can="email"),
    Person("Beata", f"{LATELY}, {LUMEN.replace('+18', '+30')}", can="email"),
    Person("Cecile", f"{LATELY}, 35 add kettle, 36 add toaster", can="email"),
    Person("Doris", f"{LATELY}, -5d wish jug", can="email"),
    Person("Elias", f"{LATELY}, -2d+400 view throw", can="email", zone="BR"),
    Person("Flora", f"{LATELY}, -180d+70 order lamp", can="email"),
    Person("Gregor", f"{LATELY}, -100d order kettle, -3d+75 order lamp", can="email"),
    Person("Hanna", f"{LATELY}, -1d+135 wish tandem", can="push"),
    # Too late, by the time they could be handed over.
    Person("Ida", f"{LATELY}, -1d+85>57 view rug", can="push"),
    Person("Jules", f"{LATELY}, -2d+88>58 wish bike", can="push"),
    Person("Karla", f"{LATELY}, -1d+90>58 subscribe", can="email", yes=""),
)
HELD_BACK_LATER = (
    Person("Lukas", f"{LATELY}, {LOOKS.replace('+12', '+20')}", can="email"),
    Person("Magda", f"{LATELY}, {LUMEN.replace('+18', '+44')}", can="email"),
    Person("Norbert", f"{LATELY}, -180d+205 order lamp", can="email"),
    Person("Oda", f"{LATELY}, -100d order kettle, -3d+210 order lamp", can="email"),
    Person("Pius", f"{LATELY}, -2d+400 view throw", can="email", zone="America/Puerto_Rico"),
    Person("Regina", f"{LATELY}, -9d add lamp, {PAGES.replace('+60', '+205')}", can="push"),
)
"""What goes to them waits on a queue that stands still, and is not true any more when it goes on."""

TOO_LATE = (
    Person("Selma", f"{LATELY}, -3d+100>20 add lamp"),
    Person("Theo", f"{LATELY}, {', '.join(f'-3d-{700 - minute}>{20 + minute} view {ware}' for minute, ware in enumerate(('lamp', 'bulb', 'lamp', 'bulb')))}", mail="+lost"),
    Person("Urban", f"{LATELY}, 60 details lamp, 61 details bulb, 62 details lamp, 63 wish lamp, -2d-1180>100 look lamp"),
    Person("Vinzenz", f"{LATELY}, -190d+100>20 order lamp", mail="+lost"),
    Person("Walli", f"{LATELY}, -3d+900>20 list"),
    Person("Xander", f"{LATELY}, -1d+300>20 coupon 100"),
    Person("Yella", f"{LATELY}, -19d page, -13d page, -9d-60>60 page"),
    Person("Zeki", "-35d-60 order lamp, -29d read, -29d+1 taken", mail="+lost"),
    Person("Anouk", f"{LATELY}, -42d-60 view rug", mail="+lost"),
    Person("Blanka", f"{LATELY}, -63d-60 signup", mail="+lost"),
    Person("Cyrill", f"{LATELY}, -5d wish mug, -5d+1 wish board"),
    *(
        Person(name, f"{LATELY}, -10d view toaster, -1d remind mug 605, -1d+1 remind rug 655", can="email", mail="+lost", zone="Pacific/Pago_Pago")
        for name in ("Desire", "Elvis", "Fabia", "Gislain", "Hedi")
    ),
)
"""They get a message when it is of use for an hour or two, and the next one would come after that."""

AT_THE_DOOR = (
    Person("Gilda", f"{LATELY}, 725 exit rug"),
    Person("Hasso", f"{LATELY}, 745 exit rug"),
    Person("Ilka", f"{LATELY}, 1090 exit rug"),
    Person("Jakob", f"{LATELY}, 745 subscribe", can="email", yes=""),
    Person("Kolja", f"{LATELY}, 755 subscribe", can="email", yes=""),
    Person("Lilo", f"{LATELY}, 1095 subscribe", can="email", yes=""),
    Person("Malin", f"{LATELY}, 790 add lamp", can="push", zone=AUSTRALIA),
    Person("Nanna", f"{LATELY}, -5d wish globe, -5d+1 wish mug", can="push", zone=AUSTRALIA),
    Person("Ottilie", f"{LATELY}, -5d wish globe, -5d+1 wish mug", can="push", zone=AUSTRALIA),
    Person("Pelle", f"{LATELY}, {LOOKS.replace('-1d+12', '-45')}", can="push", zone=AUSTRALIA),
    Person("Thorid", f"{LATELY}, {SELLS}", can="push", zone=AUSTRALIA),
    *(Person(name, LATELY, can="push", zone=AUSTRALIA, segments=("south",)) for name in ("Rolf", "Sigrun")),
    Person("Maiken", f"{LATELY}, 967 add rug", can="push", zone=AUSTRALIA),
)
"""They come by at night, when nothing works as it should."""

TRIED_ON = (
    Person("Aurel", "-40d page", segments=("late",), mail="+lost"),
    Person("Bertil", "-40d page", mail="+lost"),
)
"""The shop's own people, on whom it tries its messages."""

ONCE_MORE = (
    Person("Nando", f"{LATELY}, 35 subscribe, 35.5 subscribe", can="email", yes=""),
    Person("Olga", f"{LATELY}, -180d+60 order lamp, -100d order kettle"),
    Person("Philo", f"{LATELY}, 20 list, 75 list"),
    Person("Quirin", f"{LATELY}, 10 signup, 60 order lamp"),
    Person("Ria", f"{LATELY}, -1d+10 remind kettle 80, 70 remind kettle 80"),
    Person("Sven", f"{LATELY}, -20d signup, 30 order lamp", mail="sven@complaint.example.com", can="email"),
    Person("Trude", f"{LATELY}, {LUMEN.replace('-1d', '-7d')}, {LUMEN}"),
    Person("Ueli", f"{LATELY}, 200 order rug", segments=("vip",)),
    Person("Valeska", f"{LATELY}, -7d+60 page, -27d page, -20d page, -13d page, 10 signup, 45 add lamp, 70 add bulb, "
           "95 add rug, -2d coupon 1530"),
    Person("Zenta", f"{LATELY}, -2d+100 view rug, 45 add lamp, 70 add bulb, 90 add throw"),
    Person("Wenzel", f"{LATELY}, -1d+10 remind stool 95 soon, -5d wish stool"),
    Person("Xeno", f"{LATELY}, -1d+10 remind mug 50, 55 view rug"),
    Person("Yaron", f"{LATELY}, -1d+100 glance teapot"),
    Person("Zorn", f"{LATELY}, -1d+100 view throw, -40d order " + " ".join(PRODUCTS)),
    Person("Lothar", f"{LATELY}, 20 list"),
    Person("Annika", f"{LATELY}, 70 subscribe vase", can="email", yes=""),
)

CARTS = (
    Person("Bente", f"{LATELY}, -5d wish globe, -5d+1 wish jug, {COUPON}, -2d+150 view rug, 260 add lamp, 270 newcart 0, 272 add rug",
           can="push", zone=AMERICA),
    Person("Carsten", f"{LATELY}, -5d wish globe, -5d+1 wish planter, {COUPON}, -2d+150 view rug, 260 add rug, 270 newcart 0, 272 add lamp",
           can="push", zone=AMERICA),
    Person("Dorthe", f"{LATELY}, {SELLS}, 700 list, 800 list stool", can="push", zone="BR"),
    *(
        Person(name, f"{LATELY}, {SELLS}, 1000 remind mug 1450, 1001 list", can="push", zone="BR")
        for name in ("Isidor", "Jolanda")
    ),
    Person("Eike", f"{LATELY}, 30 add lamp", can="email", mail="couple@example.com"),
    Person("Frauke", f"{LATELY}, 150 add rug", can="email", mail="couple@example.com"),
    Person("Gitta", f"{LATELY}, 30 add rug", can="email", yes="push"),
    Person("Hein", f"{LATELY}, 30 add rug", can="phone", yes="whatsapp", no="sms", number="801"),
    Person("Ilja", f"{LATELY}, 30 add rug", can="phone", yes="sms", no="whatsapp", number="+915550100001"),
    Person("Jost", f"{LATELY}, 30 add rug", can="phone", yes="whatsapp", no="sms", number="+12025550123"),
    Person("Knut", f"{LATELY}, -100d agree, 30 add rug", can="phone", yes="", no="whatsapp", number="+6510000123"),
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
        Person(name, plot, segments=(*segments, "vip"), **how)
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


CAST = (*MESSAGES, *DID_IT, *HELD_OUT, *TOO_LITTLE, *AGAIN, *AT_NIGHT, *OTHERS, *OUTAGE, *BARRED, *HELD_BACK_AT_NOON, *HELD_BACK_LATER, *TOO_LATE, *AT_THE_DOOR, *TRIED_ON, *ONCE_MORE, *CARTS, *crowd(), *customers())

PLAYERS = tuple(replace(each, yes=_asked(each)) if each.yes == ALL else each for each in CAST)
"""Their triggers go by push, mail and page, so they were not asked for more."""
