"""What the sample shop sells, what people sell there, and what the shop itself does on the day."""

from typing import Any

SHOP = "https://shop.example"
CURRENCY = "EUR"

Ware = tuple[str, str, str, float]

PRODUCTS: dict[str, Ware] = {
    "kettle": ("Copper kettle, 1.7 l", "Hearth & Co", "Kitchen/Kettles", 64.00),
    "toaster": ("Four-slice toaster, sage", "Hearth & Co", "Kitchen/Toasters", 49.50),
    "mug": ("Stoneware mug, speckled", "Fernhill", "Kitchen/Tableware", 9.50),
    "plates": ("Dinner plates, set of four", "Fernhill", "Kitchen/Tableware", 38.00),
    "bowl": ("Salad bowl, stoneware", "Fernhill", "Kitchen/Tableware", 27.00),
    "knife": ("Chef's knife, 20 cm", "Sabler", "Kitchen/Knives", 72.00),
    "board": ("Oak chopping board", "Sabler", "Kitchen/Knives", 29.00),
    "lamp": ("Reading lamp, brass", "Lumen", "Living/Lighting", 85.00),
    "bulb": ("Filament bulb, warm white", "Lumen", "Living/Lighting", 7.90),
    "lantern": ("Paper lantern, large", "Lumen", "Living/Lighting", 34.00),
    "sconce": ("Wall sconce, brass", "Lumen", "Living/Lighting", 69.00),
    "throw": ("Wool throw, heather", "Northfold", "Living/Textiles", 54.00),
    "cushion": ("Linen cushion, ochre", "Northfold", "Living/Textiles", 26.00),
    "rug": ("Jute rug, 120 x 180 cm", "Northfold", "Living/Rugs", 119.00),
    "clock": ("Wall clock, walnut", "Tallis", "Living/Clocks", 45.00),
    "vase": ("Tall vase, green glass", "Tallis", "Living/Vases", 39.00),
    "globe": ("Desk globe, 1960s style", "Meridian", "Office/Globes", 88.00),
    "planter": ("Terracotta planter, large", "Fernhill", "Garden/Pots", 33.00),
    "shears": ("Pruning shears", "Sabler", "Garden/Tools", 24.50),
    "stool": ("Step stool, ash", "Tallis", "Living/Furniture", 58.00),
    "jug": ("Water jug, stoneware", "Fernhill", "Kitchen/Jugs", 31.00),
    "scale": ("Kitchen scale, brass", "Meridian", "Kitchen/Scales", 44.00),
}
LISTINGS: dict[str, Ware] = {
    "bike": ("City bike, three gears", "", "Market/Bikes", 140.00),
    "tandem": ("Tandem, well kept", "", "Market/Bikes", 260.00),
    "scooter": ("Kick scooter", "", "Market/Bikes", 45.00),
}
SELLER = "wanda"
GONE = frozenset({"planter", "bowl", "jug", "scale"})

BY_PUSH = ("arvid", "bodil", "coen", "dilan", "edvin", "finja")
BY_MAIL = ("gesa", "hauke", "imke", "jesper", "kimi", "lasse")
LATE = (*BY_PUSH, *BY_MAIL, "karin", "aurel")
"""Whom the late sale is for."""

LIT = ("lantern", "cushion")
DEARER = (
    *(
        (name, round(ware[3] * 1.1, 2))
        for name, ware in PRODUCTS.items()
        if name not in {"board", "clock", "globe", "planter", "shears", "vase"}
    ),
    ("tandem", 275.00),
)

SHOP_DEEDS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("66", "Product Updated", {"product_id": "sku-vase", "stock": 0}),
    ("70", "Product Updated", {"product_id": "sku-scooter", "stock": 0}),
    ("90", "Product Updated", {"product_id": "sku-clock", "price": 36.00, "currency": CURRENCY}),
    ("100", "Product Updated", {"product_id": "sku-planter", "stock": 5}),
    ("120", "Flash Sale Started", {"sale_id": "s-1", "name": "The Lantern Sale", "segment": "vip", "percent": 25}),
    ("130", "Product Updated", {"product_id": "sku-shears", "price": 19.00, "currency": CURRENCY}),
    ("140", "Product Updated", {"product_id": "sku-bowl", "stock": 4}),
    ("240", "Article Published", {"article_id": "a-9", "title": "A pot for every plant", "category": "Garden/Pots"}),
    (
        "280",
        "Article Published",
        {"article_id": "a-10", "user_id": "bertil", "title": "In winter", "category": "Garden/Tools"},
    ),
    ("300", "Festival Ended", {"sale_id": "f-1", "name": "The Harvest Festival"}),
    ("305", "Product Updated", {"product_id": "sku-clock", "stock": 0}),
    ("306", "Product Updated", {"product_id": "sku-planter", "stock": 0}),
    ("307", "Product Updated", {"product_id": "sku-shears", "price": 24.50, "currency": CURRENCY}),
    ("320", "Festival Ended", {"sale_id": "f-2", "user_id": "bertil", "name": "The Apple Fair"}),
    ("140", "Product Updated", {"product_id": "sku-globe", "price": 70.00, "currency": CURRENCY}),
    *(
        ("692", "Flash Sale Started", {"sale_id": "s-2", "user_id": who, "segment": "late", "percent": 30})
        for who in LATE
    ),
    # Tried on one of its own people first. Messages that cannot be written: something is missing, or makes no sense.
    ("130", "Back In Stock", {"product_id": "sku-teapot"}),
    ("56", "Price Dropped", {"product_id": "sku-stool", "percent": 20, "to": 58.00, "currency": CURRENCY}),
    (
        "225",
        "Article Published",
        {"article_id": "a-7", "user_id": "aurel", "title": "On lamps", "category": "Living/Lighting", "minutes": "few"},
    ),
    (
        "290",
        "Festival Ended",
        {"sale_id": "f-3", "user_id": "aurel", "name": "The Rose Days", "cashback_until": "soon"},
    ),
    ("560", "Flash Sale Started", {"sale_id": "s-3", "user_id": "aurel", "segment": "late", "ends_at": None}),
    ("30", "Flash Sale Started", {"sale_id": "s-8", "user_id": "corin", "segment": "trial", "percent": "few"}),
    # One that is over soon after it began.
    ("40", "Flash Sale Started", {"sale_id": "s-9", "user_id": "corin", "segment": "trial", "lasts": 240}),
    # One that calls itself off.
    (
        "292",
        "Festival Ended",
        {"sale_id": "f-4", "user_id": "aurel", "name": "The Plum Days", "cashback_until": None, "offers_until": None},
    ),
    # About something that is sold out.
    ("20", "Flash Sale Started", {"sale_id": "s-7", "user_id": "corin", "segment": "trial", "product_id": "sku-vase"}),
    (
        "227",
        "Article Published",
        {
            "article_id": "a-8",
            "user_id": "aurel",
            "title": "On vases",
            "category": "Living/Vases",
            "product_id": "sku-vase",
        },
    ),
    (
        "294",
        "Festival Ended",
        {"sale_id": "f-5", "user_id": "aurel", "name": "The Vase Days", "product_id": "sku-vase"},
    ),
    ("562", "Flash Sale Started", {"sale_id": "s-4", "user_id": "aurel", "segment": "late", "product_id": "sku-vase"}),
    ("25", "Product Updated", {"product_id": "bench-of-lothar", "name": "Garden bench, teak", "stock": 0}),
    # From a producer that was cut off for days: it is of use for a few hours only.
    ("-2d+160>95", "Back In Stock", {"product_id": "sku-mug"}),
    (
        "-2d+300>150",
        "Price Dropped",
        {"product_id": "sku-board", "percent": 20, "to": 29.00, "lowest_30d": 36.00, "currency": CURRENCY},
    ),
    (
        "-3d+900>235",
        "Article Published",
        {"article_id": "a-5", "user_id": "bertil", "title": "On globes", "category": "Office/Globes"},
    ),
    ("-3d+300>85", "Festival Ended", {"sale_id": "f-6", "user_id": "bertil", "name": "The Fern Days"}),
    # At night, where it is day.
    ("760", "Flash Sale Started", {"sale_id": "s-5", "user_id": "rolf", "segment": "south", "percent": 20}),
    ("992", "Flash Sale Started", {"sale_id": "s-5", "user_id": "sigrun", "segment": "south", "percent": 20}),
    ("995", "Product Updated", {"product_id": "sku-scale", "stock": 20}),
    ("1000", "Product Updated", {"product_id": "sku-globe", "price": 55.00, "currency": CURRENCY}),
    ("1102", "Flash Sale Started", {"sale_id": "s-6", "user_id": "uschi", "segment": "south", "percent": 20}),
    ("1104", "Back In Stock", {"product_id": "sku-kettle"}),
    ("1106", "Product Updated", {"product_id": "sku-knife", "price": 55.00, "currency": CURRENCY}),
    # What is being handed over when a queue stands still: dearer at noon, and gone in the afternoon.
    ("72", "Product Updated", {"product_id": "sku-jug", "stock": 20}),
    *(
        ("105", "Product Updated", {"product_id": f"sku-{name}", "price": price, "currency": CURRENCY})
        for name, price in DEARER
    ),
    *(("240", "Product Updated", {"product_id": f"sku-{name}", "stock": 0}) for name in LIT),
    *(("255", "Product Updated", {"product_id": f"sku-{name}", "stock": 20}) for name in LIT),
)


def described(name: str) -> dict[str, Any]:
    """A product or a listing in an event's field names."""
    title, brand, category, price = (PRODUCTS | LISTINGS)[name]
    known = {"product_id": f"sku-{name}", "sku": f"sku-{name}", "name": title, "brand": brand, "category": category}
    known = {field: value for field, value in known.items() if value}
    return known | {"price": price, "url": f"{SHOP}/p/{name}", "image_url": f"{SHOP}/images/{name}.jpg"}
