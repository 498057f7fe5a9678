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
}
LISTINGS: dict[str, Ware] = {
    "bike": ("City bike, three gears", "", "Market/Bikes", 140.00),
    "tandem": ("Tandem, well kept", "", "Market/Bikes", 260.00),
    "scooter": ("Kick scooter", "", "Market/Bikes", 45.00),
}
SELLER = "wanda"
GONE = frozenset({"planter", "bowl"})

SHOP_DEEDS: tuple[tuple[int, str, dict[str, Any]], ...] = (
    (66, "Product Updated", {"product_id": "sku-vase", "stock": 0}),
    (70, "Product Updated", {"product_id": "sku-scooter", "stock": 0}),
    (90, "Product Updated", {"product_id": "sku-clock", "price": 36.00, "currency": CURRENCY}),
    (100, "Product Updated", {"product_id": "sku-planter", "stock": 5}),
    (120, "Flash Sale Started", {"sale_id": "s-1", "name": "The Lantern Sale", "segment": "vip", "percent": 25}),
    (130, "Product Updated", {"product_id": "sku-shears", "price": 19.00, "currency": CURRENCY}),
    (140, "Product Updated", {"product_id": "sku-bowl", "stock": 4}),
    (240, "Article Published", {"article_id": "a-9", "title": "A pot for every plant", "category": "Garden/Pots"}),
    (280, "Article Published", {"article_id": "a-10", "title": "Pruning in winter", "category": "Garden/Tools"}),
    (300, "Festival Ended", {"sale_id": "f-1", "name": "The Harvest Festival"}),
    (305, "Product Updated", {"product_id": "sku-clock", "stock": 0}),
    (306, "Product Updated", {"product_id": "sku-planter", "stock": 0}),
    (307, "Product Updated", {"product_id": "sku-shears", "price": 24.50, "currency": CURRENCY}),
    (320, "Festival Ended", {"sale_id": "f-2", "name": "The Apple Fair"}),
    (580, "Flash Sale Started", {"sale_id": "s-2", "name": "The Late Lantern Sale", "segment": "late", "percent": 30}),
)


def described(name: str) -> dict[str, Any]:
    """A product or a listing in an event's field names."""
    title, brand, category, price = (PRODUCTS | LISTINGS)[name]
    known = {"product_id": f"sku-{name}", "sku": f"sku-{name}", "name": title, "brand": brand, "category": category}
    known = {field: value for field, value in known.items() if value}
    return known | {"price": price, "url": f"{SHOP}/p/{name}", "image_url": f"{SHOP}/images/{name}.jpg"}
