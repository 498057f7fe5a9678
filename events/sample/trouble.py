"""People who show what seldom comes about: each is there for one or two reasons to be silent that nobody else shows.

Most of it has to do with what goes wrong with the service: see `events.sample.incidents`.
"""

from events.sample.person import Person
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
)
from events.sample.wares import PRODUCTS

OUTAGE = (
    *(
        Person(name, LATELY, can="push", segments=("late",), zone="America/Puerto_Rico")
        for name in ("Arvid", "Bodil", "Coen", "Dilan", "Edvin", "Finja")
    ),
    *(
        Person(name, LATELY, can="email", segments=("late",), zone="America/Puerto_Rico")
        for name in ("Gesa", "Hauke", "Imke", "Jesper", "Kimi", "Lasse")
    ),
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
    Person("Regina", f"{LATELY}, -9d add lantern, {PAGES.replace('+60', '+205')}", can="push"),
)
"""What goes to them waits on a queue that stands still, and is not true any more when it goes on."""

TOO_LATE = (
    Person("Selma", f"{LATELY}, -3d+100>20 add lamp"),
    Person(
        "Theo",
        f"{LATELY}, -3d-700>20 view lamp, -3d-699>21 view bulb, -3d-698>22 view lamp, -3d-697>23 view bulb",
        mail="+lost",
    ),
    Person(
        "Urban", f"{LATELY}, 60 details lamp, 61 details bulb, 62 details lamp, 63 wish lamp, -2d-1180>100 look lamp"
    ),
    Person("Vinzenz", f"{LATELY}, -190d+100>20 order lamp", mail="+lost"),
    Person("Walli", f"{LATELY}, -3d+900>20 list"),
    Person("Xander", f"{LATELY}, -1d+300>20 coupon 100"),
    Person("Yella", f"{LATELY}, -19d page, -13d page, -9d-60>60 page"),
    Person("Zeki", "-35d-60 order lamp, -29d read, -29d+1 taken", mail="+lost"),
    Person("Anouk", f"{LATELY}, -42d-60 view rug", mail="+lost"),
    Person("Blanka", f"{LATELY}, -63d-60 signup", mail="+lost"),
    Person("Cyrill", f"{LATELY}, -5d wish mug, -5d+1 wish board"),
    *(
        Person(
            name,
            f"{LATELY}, -10d view toaster, -1d remind mug 605, -1d+1 remind rug 655",
            can="email",
            mail="+lost",
            zone="Pacific/Pago_Pago",
        )
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
    Person("Nanna", f"{LATELY}, -5d wish globe, -5d+1 wish scale", can="push", zone=AUSTRALIA),
    Person("Ottilie", f"{LATELY}, -5d wish globe, -5d+1 wish scale", can="push", zone=AUSTRALIA),
    Person("Pelle", f"{LATELY}, {LOOKS.replace('-1d+12', '-45')}", can="push", zone=AUSTRALIA),
    Person("Uschi", f"{LATELY}, -5d wish kettle, -5d+1 wish knife", can="push", zone=AUSTRALIA, segments=("south",)),
    Person("Vroni", f"{LATELY}, 1070 add rug", can="push", zone=AUSTRALIA),
    Person("Xandra", f"{LATELY}, {LOOKS.replace('-1d+12', '-34')}", can="push", zone=AUSTRALIA),
    *(Person(name, LATELY, can="push", zone=AUSTRALIA, segments=("south",)) for name in ("Rolf", "Sigrun")),
    Person("Maiken", f"{LATELY}, 967 add rug", can="push", zone=AUSTRALIA),
    Person("Ylva", f"{LATELY}, -100d order kettle, -3d+1105 order lamp", can="push", zone=AUSTRALIA),
    *(Person(name, f"{LATELY}, {SELLS}", can="push", zone=AUSTRALIA) for name in ("Alwin", "Thorid")),
    Person("Tyra", f"{LATELY}, 1005 view rug", can="push", zone=AUSTRALIA),
    Person("Ulla", f"{LATELY}, 1030 signup", can="push", zone=AUSTRALIA),
)
"""They come by at night, when nothing works as it should."""

TRIED_ON = (
    Person("Aurel", "-26d page, -5d cashback", segments=("late",), mail="+lost"),
    Person("Bertil", "-26d page", mail="+lost"),
    Person("Corin", LATELY, segments=("trial",), mail="+lost"),
)
"""The shop's own people, on whom it tries its messages."""

ONCE_MORE = (
    Person("Nando", f"{LATELY}, 35 subscribe, 35.5 subscribe", can="email", yes=""),
    Person("Norma", "-28d-181.25 subscribe, -28d-180.33 subscribe", can="email", yes=""),
    Person("Olga", f"{LATELY}, -180d+60 order lamp, -20d order kettle"),
    Person("Philo", f"{LATELY}, 20 list, 75 list"),
    Person("Quirin", f"{LATELY}, 10 signup, 60 order lamp"),
    Person("Ria", f"{LATELY}, -1d+10 remind kettle 80, 70 remind kettle 80"),
    Person("Sven", f"{LATELY}, -20d signup, 30 order lamp", mail="sven@complaint.example.com", can="email"),
    Person("Trude", f"{LATELY}, {LUMEN.replace('-1d', '-7d')}, {LUMEN}"),
    Person("Ueli", f"{LATELY}, 200 order rug", segments=("vip",)),
    Person(
        "Valeska",
        f"{LATELY}, -7d+60 page, -27d page, -20d page, -13d page, 10 signup, 45 add lamp, 70 add bulb, "
        "95 add rug, -2d coupon 1530",
    ),
    Person("Zenta", f"{LATELY}, -2d+100 view rug, 45 add lamp, 70 add bulb, 90 add throw"),
    Person("Wenzel", f"{LATELY}, -1d+10 remind stool 95 soon, -5d wish stool"),
    Person("Xeno", f"{LATELY}, -1d+10 remind mug 50, 55 view rug"),
    Person("Yaron", f"{LATELY}, -1d+100 glance teapot"),
    Person("Zorn", f"{LATELY}, -1d+100 view throw, -40d order " + " ".join(PRODUCTS)),
    Person("Lothar", f"{LATELY}, 20 list"),
    Person("Annika", f"{LATELY}, 70 subscribe vase", can="email", yes=""),
)

TWO_CARTS = "260 add lamp, 270 newcart 0, 272 add rug"
CARTS = (
    Person(
        "Bente",
        f"{LATELY}, -5d wish globe, -5d+1 wish jug, {COUPON}, -2d+150 view rug, {TWO_CARTS}",
        can="push",
        zone=AMERICA,
    ),
    Person(
        "Carsten",
        f"{LATELY}, -5d wish globe, -5d+1 wish planter, {COUPON}, -2d+150 view rug, {TWO_CARTS}",
        can="push",
        zone=AMERICA,
    ),
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


TROUBLED = (
    *OUTAGE,
    *BARRED,
    *HELD_BACK_AT_NOON,
    *HELD_BACK_LATER,
    *TOO_LATE,
    *AT_THE_DOOR,
    *TRIED_ON,
    *ONCE_MORE,
    *CARTS,
)
