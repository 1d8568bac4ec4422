"""Three invented companies of different trades for the reader's tests."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from obeya.orders.reading import lessons, reader, types

NOW = datetime(2026, 2, 24, 10, 0, tzinfo=UTC)  # a Tuesday
Row = tuple[str, str, str, str, str, Mapping[str, int]]


def items(rows: Sequence[Row]) -> tuple[types.Item, ...]:
    """Catalogue rows (sku, description, category, brand, base unit, other units) as items."""
    return tuple(
        types.Item(
            sku,
            text,
            category,
            brand,
            base,
            units={base: Decimal(1), **{u: Decimal(n) for u, n in more.items()}},
        )
        for sku, text, category, brand, base, more in rows
    )


def past(
    customer: str, number: int, text: str | None, lines: Sequence[tuple[str, int, str]], days: int
) -> types.PastOrder:
    """A past order, `days` before NOW."""
    return types.PastOrder(
        f"SO-{number}",
        customer,
        NOW - timedelta(days=days),
        "whatsapp",
        text,
        tuple(types.PastLine(sku, Decimal(qty), uom) for sku, qty, uom in lines),
    )


def message(
    customer: str | None,
    text: str,
    channel: str = "whatsapp",
    thread: Sequence[types.Turn] = (),
    attachments: Sequence[types.Attachment] = (),
    subject: str | None = None,
) -> types.Message:
    """A message sent NOW."""
    return types.Message("m", channel, customer, NOW, text, subject, tuple(attachments), tuple(thread))


def turn(who: str, text: str, hours: int = 3) -> types.Turn:
    """Something said `hours` before NOW."""
    return types.Turn(who, NOW - timedelta(hours=hours), text)


def lines(reading: types.Reading) -> list[tuple[str | None, int | None, str | None]]:
    """The lines of a reading as (sku, whole quantity, unit)."""
    return [(n.sku, None if n.qty is None else int(n.qty), n.uom) for n in reading.lines]


def _wires() -> tuple[types.Company, list[types.PastOrder]]:
    rows: list[Row] = []
    for colour in ("Red", "Black", "Yellow", "Green", "Blue"):
        for size in ("1.5", "2.5", "4"):
            sku = f"FR-{size.replace('.', '')}-{colour[:3].upper()}"
            rows.append(
                (sku, f"Suraksha FR House Wire {size} sqmm {colour} 90 m", "Wire", "Suraksha", "coil", {})
            )
    rows += [
        ("MCB-32DP", "Rakshak MCB 32A DP C-curve", "MCB", "Rakshak", "pcs", {"box": 12}),
        ("MCB-16SP", "Rakshak MCB 16A SP C-curve", "MCB", "Rakshak", "pcs", {"box": 12}),
        ("SW-6", "Lumi Modular Switch 6A White", "Switch", "Lumi", "pcs", {"box": 20}),
        ("SW-16", "Lumi Modular Switch 16A White", "Switch", "Lumi", "pcs", {"box": 20}),
        ("SK-6", "Lumi Socket 6A White", "Socket", "Lumi", "pcs", {"box": 10}),
        ("PL-4", "Lumi Plate 4 Module White", "Plate", "Lumi", "pcs", {"box": 10}),
        ("PL-8", "Lumi Plate 8 Module White", "Plate", "Lumi", "pcs", {"box": 10}),
        ("LED-9", "Ujala LED Bulb 9W", "Lighting", "Ujala", "pcs", {"box": 10, "ctn": 100}),
        ("LED-12", "Ujala LED Bulb 12W", "Lighting", "Ujala", "pcs", {"box": 10, "ctn": 100}),
    ]
    old = types.Item(
        "LED-7", "Ujala LED Bulb 7W", "Lighting", "Ujala", "pcs", False, "LED-9", {"pcs": Decimal(1)}
    )
    return _wires_company(rows, old), _wires_history()


def _wires_company(rows: Sequence[Row], old: types.Item) -> types.Company:
    return types.Company(
        "Prakash Electricals",
        "IN",
        "INR",
        "Asia/Kolkata",
        ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat"),
        ("hi-Latn", "hi", "en"),
        (*items(rows), old),
        (
            types.Customer("E1", "Gupta Electric", "Kanpur", "hi-Latn", ("Naya Ganj Shop", "Panki Godown")),
            types.Customer("E2", "Verma Traders", "Agra", "hi", ("Sadar Bazar",)),
        ),
        {
            "coil": "coil",
            "dibba": "box",
            "dabba": "box",
            "peti": "ctn",
            "nag": "pcs",
            "पेटी": "ctn",
            "डिब्बे": "box",
            "डिब्बा": "box",
            "कॉइल": "coil",
            "नग": "pcs",
        },
    )


def _wires_history() -> list[types.PastOrder]:
    return [
        past(
            "E1",
            1,
            "1.5 lal 10 coil, 1.5 kala 10, 2.5 hara 4, 9 watt bulb 5 peti",
            [
                ("FR-15-RED", 10, "coil"),
                ("FR-15-BLA", 10, "coil"),
                ("FR-25-GRE", 4, "coil"),
                ("LED-9", 5, "ctn"),
            ],
            30,
        ),
        past(
            "E1",
            2,
            "switch 6a 10 dibba\nsocket 6a 5 dibba\nplate 4 module 5 dibba",
            [("SW-6", 10, "box"), ("SK-6", 5, "box"), ("PL-4", 5, "box")],
            9,
        ),
        past(
            "E2",
            3,
            "1.5 एमएम लाल 5 कॉइल, काला 5, स्विच 6 एम्पियर 10 डिब्बे",
            [("FR-15-RED", 5, "coil"), ("FR-15-BLA", 5, "coil"), ("SW-6", 10, "box")],
            12,
        ),
    ]


def cleaning() -> tuple[types.Company, list[types.PastOrder]]:
    """A maker of cleaning goods in the Gulf, and what its customers ordered."""
    rows: list[Row] = [
        ("BL-1L", "Noor Bleach 1 L", "Bleach", "Noor", "btl", {"ctn": 12}),
        ("BL-4L", "Noor Bleach 3.78 L Gallon", "Bleach", "Noor", "gal", {"ctn": 4}),
        ("DW-LEM-1L", "Noor Dishwash Liquid Lemon 1 L", "Dishwash", "Noor", "btl", {"ctn": 12}),
        ("DW-APP-1L", "Noor Dishwash Liquid Apple 1 L", "Dishwash", "Noor", "btl", {"ctn": 12}),
        ("FC-PIN-3L", "Noor Floor Cleaner Pine 3 L", "Floor", "Noor", "btl", {"ctn": 6}),
        ("FC-LAV-3L", "Noor Floor Cleaner Lavender 3 L", "Floor", "Noor", "btl", {"ctn": 6}),
        ("GC-500", "Noor Glass Cleaner 500 ml", "Glass", "Noor", "btl", {"ctn": 12}),
        ("TIS-200", "Soft Facial Tissue 200 sheets", "Tissue", "Soft", "box", {"ctn": 30}),
        ("GLV-M", "Latex Gloves Medium", "Gloves", "", "box", {"ctn": 10}),
        ("GLV-L", "Latex Gloves Large", "Gloves", "", "box", {"ctn": 10}),
        ("DET-25", "Noor Detergent Powder 25 kg", "Laundry", "Noor", "bag", {}),
    ]
    company = types.Company(
        "Shams Clean",
        "AE",
        "AED",
        "Asia/Dubai",
        ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat"),
        ("en", "ar", "ur"),
        items(rows),
        (
            types.Customer("A1", "Al Reef Supermarket", "Sharjah", "ar", ("Al Nahda", "Muwaileh"), "Khalid"),
            types.Customer("A2", "Bright Cleaning Services", "Dubai", "en", ("Al Quoz Store",), "Joseph"),
        ),
        {
            "carton": "ctn",
            "ctn": "ctn",
            "كرتون": "ctn",
            "كراتين": "ctn",
            "كرتونة": "ctn",
            "karton": "ctn",
            "کارٹن": "ctn",
            "bags": "bag",
        },
    )
    history = [
        past(
            "A1",
            1,
            "كلوركس ١٠ كرتون، سائل جلي ليمون ٥ كرتون، مناديل ٢٠ كرتون",
            [("BL-1L", 10, "ctn"), ("DW-LEM-1L", 5, "ctn"), ("TIS-200", 20, "ctn")],
            20,
        ),
        past(
            "A2", 2, "bleach gallon 5 ctn, gloves large 5 ctn", [("BL-4L", 5, "ctn"), ("GLV-L", 5, "ctn")], 11
        ),
    ]
    return company, history


def _fasteners() -> tuple[types.Company, list[types.PastOrder]]:
    rows: list[Row] = []
    for thread, code in (("1/4-20", "0420"), ("3/8-16", "0616"), ("1/2-13", "0813")):
        for length, mark in (("1", "100"), ("1-1/2", "150"), ("2", "200")):
            text = f"Hex Cap Screw {thread} x {length}"
            rows.append(
                (f"HCS-{code}-{mark}-5Z", f"{text} Grade 5 Zinc", "Cap screws", "", "ea", {"bx": 100})
            )
            rows.append(
                (f"HCS-{code}-{mark}-SS", f"{text} 18-8 Stainless", "Cap screws", "", "ea", {"bx": 50})
            )
        rows.append((f"HN-{code}-Z", f"Hex Nut {thread} Zinc", "Nuts", "", "ea", {"bx": 100}))
        rows.append((f"NLN-{code}-Z", f"Nylon Insert Lock Nut {thread} Zinc", "Nuts", "", "ea", {"bx": 100}))
        rows.append(
            (f"FW-{code}-Z", f"Flat Washer {thread.split('-')[0]} USS Zinc", "Washers", "", "ea", {"bx": 100})
        )
    company = types.Company(
        "Lakeshore Fastener",
        "US",
        "USD",
        "America/Chicago",
        ("Mon", "Tue", "Wed", "Thu", "Fri"),
        ("en",),
        items(rows),
        (
            types.Customer(
                "T1", "Tri-County Supply", "Dayton", "en", ("Dayton Main", "Lima Branch"), "Bob Hanson"
            ),
        ),
        {"box": "bx", "boxes": "bx", "bx": "bx", "each": "ea", "ea": "ea", "pcs": "ea"},
    )
    history = [
        past(
            "T1",
            1,
            "3/8-16 x 1-1/2 hex cap screw gr5 zinc - 10 boxes\n3/8 flat washer zinc - 5 boxes",
            [("HCS-0616-150-5Z", 10, "bx"), ("FW-0616-Z", 5, "bx")],
            25,
        ),
        past("T1", 2, None, [("HCS-0616-150-5Z", 12, "bx"), ("HN-0813-Z", 4, "bx")], 6),
    ]
    return company, history


def reader_of(world: tuple[types.Company, list[types.PastOrder]]) -> reader.Reader:
    """A reader of a company and its past orders."""
    return reader.Reader(world[0], lessons.learn_history(world[1]))


WIRES = reader_of(_wires())
CLEANING = reader_of(cleaning())
FASTENERS = reader_of(_fasteners())
