"""What several people of the sample do alike, and where they are."""

TOKYO = "Asia/Tokyo"
LATELY = "-29d read, -29d+1 taken"  # an article and an offer: whoever had both is not asked to read, nor to take, more

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

AMERICA, AUSTRALIA = "US", "AU"
"""Countries of many zones: it is night for whoever may be in any of them until 18:00, and until midnight, of London."""
