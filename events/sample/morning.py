"""The people of the morning: they fill carts, and are reminded of them, or not."""

from events.sample.person import ALL, BERLIN, Person

PEOPLE = (
    # The ladder climbs because nobody answers: push, two hours later e-mail, the next day SMS, then WhatsApp.
    Person("Ada", "0 view kettle, 2 view toaster, 4 view kettle, 6 add kettle, 8 checkout", mail="+ignores"),
    Person("Bram", "3 view rug, 9 view throw, 11 add rug, 12 add cushion", mail="+ignores", zone=BERLIN),
    Person("Chidi", "5 view knife, 8 add knife, 9 view board, 10 add board, 14 checkout", mail="+ignores"),
    # A message is answered, and the ladder ends there.
    Person("Dana", "4 view lamp, 7 add lamp, 9 view bulb, 10 add bulb", mail="+opens"),
    Person("Emeka", "6 view stool, 9 add stool, 12 checkout", mail="+clicks"),
    Person("Farah", "10 view planter, 12 add planter, 13 add shears", mail="+clicks", can="email phone"),
    Person("Goran", "15 view clock, 18 add clock, 20 view lamp", mail="+opens", can="email"),
    # No phone that takes pushes: the next rung, in the same decision.
    Person("Hana", "8 view plates, 11 view mug, 13 add plates, 14 add mug", can="email phone", mail="+ignores"),
    Person("Ines", "12 view throw, 16 add throw, 18 checkout", can="email phone", mail="+opens", zone="Europe/Lisbon"),
    Person("Jonas", "14 view kettle, 17 add kettle", can="phone", zone=BERLIN),
    Person("Keiko", "2 view lamp, 5 add lamp", can="phone", zone="Asia/Tokyo"),
    # A channel is not allowed: passed over, and the trace says so.
    Person("Lars", "7 view rug, 12 add rug, 15 view rug", no="push", yes="email sms whatsapp", mail="+ignores"),
    Person("Mira", "9 view cushion, 10 add cushion, 11 add throw", no="push email", yes="sms whatsapp"),
    Person("Noor", "16 view toaster, 19 add toaster", no="push email sms", yes="whatsapp"),
    Person("Otto", "18 view knife, 21 add knife, 24 checkout", yes="email", no="sms whatsapp", mail="+clicks"),
    # A message fails for good: a phone switched off, a mailbox that is gone, a number that has opted out.
    Person("Priya", "11 view clock, 14 add clock, 16 add bulb", can="push-off email phone", mail="+opens"),
    Person("Quinn", "13 view stool, 17 add stool", can="push-off email phone", mail="+ignores"),
    Person("Rosa", "20 view lamp, 22 add lamp", can="email phone", mail="rosa@bounce.example.com"),
    Person("Sami", "19 view plates, 23 add plates, 25 checkout", can="phone", number="101"),
    Person("Tove", "22 view rug, 26 add rug", can="phone", number="202", zone="Europe/Stockholm"),
    Person("Uma", "24 view kettle, 27 add kettle", can="phone", number="303"),
    Person("Viktor", "21 view throw, 28 add throw, 30 checkout", can="phone", number="404"),
    Person("Wanda", "25 view board, 29 add board", can="phone", yes="whatsapp", number="505"),
    Person("Xenia", "27 view planter, 31 add planter", can="phone", yes="whatsapp", number="606"),
    Person("Yusuf", "28 view shears, 33 add shears", can="email phone", mail="yusuf@complaint.example.com"),
    # Nothing is sent: bought, too little, taken out again, staff, not allowed, nowhere to go; Lin is held out.
    Person("Zora", "5 view kettle, 9 add kettle, 12 checkout, 15 order"),
    Person("Amir", "10 view lamp, 13 add lamp, 14 add bulb, 17 checkout, 21 order"),
    Person("Birgit", "18 view knife, 20 add knife, 24 checkout, 33 order", zone=BERLIN),
    Person("Carlo", "30 view mug, 33 add mug"),
    Person("Delphine", "31 view bulb, 32 add bulb, 34 add bulb", zone="Europe/Paris"),
    Person("Eun", "35 view toaster, 37 add toaster, 44 remove toaster", can="push email"),
    Person("Filip", "26 view clock, 29 add clock, 32 add plates, 40 remove clock, 41 remove plates"),
    Person("Greta", "33 view rug, 36 add rug, 39 checkout", segments=("staff",)),
    Person("Hugo", "36 view stool, 40 add stool", yes="", no=ALL),
    Person("Iris", "38 view throw, 42 add throw", yes=""),
    Person("Jun", "37 view lamp, 41 add lamp", can=""),
    Person("Kofi", "39 view kettle, 43 add kettle, 46 checkout", zone="America/New_York"),
    Person("Lin", "41 view plates, 45 add plates, 47 view mug, 49 add mug"),
    # They come back: late enough for a message, or for a second basket that is not mentioned again so soon.
    Person("Mateo", "20 view knife, 23 add knife, 110 order", mail="+ignores"),
    Person("Nadia", "22 view cushion, 25 add cushion, 26 add rug, 131 order", can="email phone", mail="+clicks"),
    Person("Oscar", "15 view clock, 18 add clock, 95 newcart, 96 view lamp, 98 add lamp", mail="+ignores"),
    Person("Pia", "17 view shears, 20 add shears, 100 newcart, 104 add throw", can="email", mail="+opens"),
    # They take their time: every addition starts the half hour anew.
    Person("Rafael", "30 view board, 32 add board, 52 view knife, 55 add knife, 78 add plates", mail="+ignores"),
    Person("Sofia", "34 view lamp, 36 add lamp, 58 add clock, 80 checkout, 88 order"),
    # They only look.
    Person("Tomas", "12 view rug, 14 view throw, 40 view cushion, 75 view rug"),
    Person("Ursula", "48 view kettle, 50 view toaster, 51 view mug, 90 view plates"),
    Person("Vera", "55 view lamp, 57 view bulb, 61 view clock"),
    Person("Wim", "62 view planter, 65 view shears, 140 view planter", zone="Europe/Amsterdam"),
)
