"""Canned work: what each job is called, how long it takes, its lines, and what the customer says on the phone."""

from dataclasses import dataclass
from decimal import Decimal
from random import Random

from backend.catalog.rules import LineKind, TaxClass
from backend.core.money import multiply_cents

# What an hour of labor costs, by location, in cents.
LABOR_RATE = {"brooklyn": 145_00, "mesa": 128_00}
# What the state and the city take of a line, in basis points; New York taxes labor on cars, Arizona does not.
TAX_BP = {
    "brooklyn": {TaxClass.LABOR: Decimal("887.5"), TaxClass.PARTS: Decimal("887.5"), TaxClass.FEES: Decimal(0)},
    "mesa": {TaxClass.LABOR: Decimal(0), TaxClass.PARTS: Decimal(830), TaxClass.FEES: Decimal(0)},
}
TAX_CLASS = {LineKind.LABOR: TaxClass.LABOR, LineKind.PART: TaxClass.PARTS, LineKind.FEE: TaxClass.FEES}
# What a part cost the shop, of its price.
_PART_COST = Decimal("0.58")


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work: `hours` of labor billed, `minutes` on the calendar, parts and fees with prices in cents."""

    name: str
    category: str
    hours: str
    minutes: int
    parts: tuple[tuple[str, int], ...] = ()
    fees: tuple[tuple[str, int], ...] = ()
    concern: str = ""
    weight: int = 4
    fits_electric: bool = True

    @property
    def words(self) -> str:
        """What it is, in plain words for the customer."""
        return _WORDS[self.category]


# What a job of each category is for.
_WORDS = {
    "Maintenance": "Regular care from the owner's manual: fresh fluids and filters keep the engine healthy.",
    "Tires": "Tires carry everything: even wear and good tread keep the car short in stopping and safe in rain.",
    "Brakes": "Worn brakes need more road to stop. We measure, replace what is worn, and test drive.",
    "Inspection": "What the state asks for, done and documented while you wait.",
    "Electrical": "Starting, charging and lights, tested under load before and after.",
    "Diagnostics": "An hour to find the cause. We show you what we found before anything else is done.",
    "Fluids": "Old fluid no longer protects; we flush it and fill what the maker asks for.",
    "Heating and A/C": "The system is tested for leaks, emptied and filled by weight.",
    "Engine": "Parts that wear with the miles, replaced before they leave you standing.",
    "Suspension": "What keeps the wheels on the road and the tires even.",
}
# Jobs of at most so many minutes can be booked online.
MOST_ONLINE_MINUTES = 90


@dataclass(slots=True)
class Line:
    """A work line; `hours` only for labor, whose unit price is an hour's. `tax_bp` is what its location taxes it with."""

    kind: LineKind
    category: str
    name: str
    unit_price_cents: int
    price_cents: int
    tax_bp: Decimal
    hours: Decimal | None = None
    notes: str | None = None
    discount_cents: int = 0
    discount_reason: str | None = None
    decline_reason: str | None = None

    @property
    def is_declined(self) -> bool:
        """True for what the customer did not want."""
        return self.decline_reason is not None

    @property
    def tax_cents(self) -> int:
        """The tax on what is left of the price."""
        return multiply_cents(self.price_cents - self.discount_cents, self.tax_bp / 10_000)

    @property
    def cost_cents(self) -> int | None:
        """What a part cost the shop."""
        return cost_of(self.price_cents) if self.kind is LineKind.PART else None


def cost_of(price_cents: int) -> int:
    """Return what a part cost the shop that is sold at this price."""
    return multiply_cents(price_cents, _PART_COST)


OIL_FEE = ("Oil and filter recycling", 3_95)
TIRE_FEE = ("Tire disposal", 12_00)
REFRIGERANT_FEE = ("Refrigerant recovery", 18_50)
SUPPLIES = "Shop supplies"

# fmt: off  one job, two or three lines
JOBS = (
    Job(
        "Oil and filter change",
        "Maintenance",
        "0.5",
        45,
        (("Full synthetic oil 5 qt", 42_50), ("Oil filter", 11_95)),
        (OIL_FEE,),
        "Oil change due, sticker says last month",
        22,
        fits_electric=False,
    ),
    Job("Tire rotation", "Tires", "0.4", 30, concern="Rotate tires and check the tread", weight=12),
    Job(
        "Front brake pads",
        "Brakes",
        "1.2",
        90,
        (("Ceramic brake pads, front", 89_00),),
        concern="Squeals when braking, mostly in the morning",
        weight=12,
    ),
    Job(
        "Rear brake pads",
        "Brakes",
        "1.2",
        90,
        (("Ceramic brake pads, rear", 82_00),),
        concern="Grinding noise from the back when stopping",
        weight=8,
    ),
    Job(
        "Front rotors",
        "Brakes",
        "0.8",
        60,
        (("Brake rotors, front pair", 158_00),),
        concern="Steering wheel shakes when braking from highway speed",
        weight=6,
    ),
    Job(
        "New York State inspection",
        "Inspection",
        "0.3",
        45,
        fees=(("State inspection and sticker", 37_00),),
        concern="Inspection sticker expires this month",
        weight=8,
    ),
    Job(
        "Emissions check",
        "Inspection",
        "0.3",
        45,
        fees=(("Emissions test", 17_00),),
        concern="Needs emissions for the registration renewal",
        weight=7,
        fits_electric=False,
    ),
    Job(
        "Battery replacement",
        "Electrical",
        "0.4",
        45,
        (("AGM battery, 3-year warranty", 219_00),),
        (("Battery core", 22_00),),
        "Slow crank, needed a jump twice this week",
        9,
        fits_electric=False,
    ),
    Job(
        "Battery test",
        "Electrical",
        "0.2",
        15,
        concern="Battery light flickers now and then",
        weight=3,
        fits_electric=False,
    ),
    Job(
        "Alternator replacement",
        "Electrical",
        "1.8",
        120,
        (("Remanufactured alternator", 328_00), ("Serpentine belt", 41_50)),
        concern="Battery light on, headlights dim at idle",
        weight=3,
        fits_electric=False,
    ),
    Job(
        "Check engine diagnosis",
        "Diagnostics",
        "1.0",
        60,
        concern="Check engine light came on, runs rough",
        weight=10,
        fits_electric=False,
    ),
    Job(
        "No-start diagnosis", "Diagnostics", "1.0", 75, concern="Cranks but won't start", weight=4, fits_electric=False
    ),
    Job(
        "Brake fluid flush",
        "Fluids",
        "0.7",
        45,
        (("DOT 4 brake fluid", 24_00),),
        concern="Brake pedal feels soft",
        weight=4,
    ),
    Job(
        "Coolant flush",
        "Fluids",
        "0.9",
        60,
        (("Long-life coolant 2 gal", 46_00),),
        concern="Temperature gauge creeps up in traffic",
        weight=4,
        fits_electric=False,
    ),
    Job(
        "Transmission fluid service",
        "Fluids",
        "1.1",
        75,
        (("Transmission fluid 6 qt", 92_00),),
        concern="Shifts hard from second to third",
        weight=3,
        fits_electric=False,
    ),
    Job(
        "A/C recharge",
        "Heating and A/C",
        "0.9",
        75,
        (("R-1234yf refrigerant", 145_00),),
        (REFRIGERANT_FEE,),
        "A/C blows warm on the driver's side",
        7,
    ),
    Job(
        "Cabin air filter",
        "Maintenance",
        "0.2",
        20,
        (("Cabin air filter", 34_95),),
        concern="Musty smell from the vents",
        weight=8,
    ),
    Job(
        "Engine air filter",
        "Maintenance",
        "0.2",
        20,
        (("Engine air filter", 28_95),),
        concern="Mileage has dropped lately",
        weight=7,
        fits_electric=False,
    ),
    Job(
        "Wiper blades",
        "Maintenance",
        "0.1",
        15,
        (("Beam wiper blades, pair", 44_00),),
        concern="Wipers streak",
        weight=7,
    ),
    Job(
        "Spark plugs",
        "Engine",
        "1.4",
        90,
        (("Iridium spark plugs, set of 4", 76_00),),
        concern="Misfires when cold",
        weight=4,
        fits_electric=False,
    ),
    Job(
        "Front struts",
        "Suspension",
        "2.6",
        180,
        (("Strut assemblies, front pair", 386_00),),
        concern="Clunk over potholes, front right",
        weight=3,
    ),
    Job("Wheel alignment", "Suspension", "1.0", 60, concern="Pulls to the right on the highway", weight=7),
    Job(
        "Wheel bearing, front left",
        "Suspension",
        "1.6",
        105,
        (("Hub and bearing assembly", 174_00),),
        concern="Humming noise that grows with speed",
        weight=3,
    ),
    Job(
        "Four new tires",
        "Tires",
        "1.2",
        75,
        (("All-season tires, set of 4", 612_00),),
        (TIRE_FEE,),
        "Tires are worn, wants a quote for four",
        4,
    ),
    Job("Flat repair", "Tires", "0.4", 30, (("Patch-plug kit", 9_50),), concern="Nail in the rear left tire", weight=6),
    Job(
        "Water pump",
        "Engine",
        "3.1",
        210,
        (("Water pump and gasket", 214_00), ("Long-life coolant 2 gal", 46_00)),
        concern="Coolant puddle under the engine",
        weight=2,
        fits_electric=False,
    ),
    Job(
        "Headlight bulbs",
        "Electrical",
        "0.4",
        30,
        (("Headlight bulbs, pair", 58_00),),
        concern="Left headlight is out",
        weight=5,
    ),
    Job(
        "Factory schedule service, 60,000 miles",
        "Maintenance",
        "2.4",
        150,
        (("Service kit", 168_00),),
        (OIL_FEE,),
        "60,000 mile service from the owner's manual",
        3,
        fits_electric=False,
    ),
)
# fmt: on
BY_NAME = {job.name: job for job in JOBS}
# What is offered beside a job that comes in several makes: the job, its part and what that costs.
ALTERNATIVES = {
    "Front brake pads": (("Front brake pads, standard", "Semi-metallic brake pads, front", 54_00),),
    "Rear brake pads": (("Rear brake pads, standard", "Semi-metallic brake pads, rear", 49_00),),
    "Four new tires": (
        ("Four new tires, value", "All-season tires, value, set of 4", 428_00),
        ("Four new tires, winter", "Winter tires, set of 4", 704_00),
    ),
    "Battery replacement": (("Battery replacement, standard", "Flooded battery, 2-year warranty", 149_00),),
}
# What a returning customer or a neighbour is given, and what is said about it.
DISCOUNT_REASONS = ("Returning customer", "First visit", "Works at the school next door", "Waited longer than promised")
DECLINE_REASONS = (
    "Not today, remind me at the next visit",
    "Waits for the next paycheck",
    "Wants a second opinion",
    "Sells the car soon",
    "Will do it at home",
)
# Quick jobs that customers add at the counter.
ADD_ONS = tuple(job for job in JOBS if job.minutes <= 30)  # noqa: PLR2004  minutes
ONLY_AT = {"New York State inspection": "brooklyn", "Emissions check": "mesa"}
_SUPPLIES_SHARE = Decimal("0.04")
_MOST_SUPPLIES_CENTS = 28_00


def draw_jobs(random: Random, location: str, *, electric: bool) -> list[Job]:
    """Return one to three different jobs that this car can have here, the main one first."""
    fitting = [
        job for job in JOBS if (job.fits_electric or not electric) and ONLY_AT.get(job.name, location) == location
    ]
    jobs = random.choices(fitting, [job.weight for job in fitting])
    extra = random.choices((0, 1, 2), (58, 30, 12))[0]
    others = [job for job in ADD_ONS if job is not jobs[0] and (job.fits_electric or not electric)]
    return jobs + random.sample(others, extra)


def lines_of(jobs: list[Job], location: str) -> list[Line]:
    """Return the work lines: labor, parts and fees of each job, then shop supplies on the labor."""
    lines: list[Line] = []
    labor_cents = 0
    tax = TAX_BP[location]
    for job in jobs:
        hours = Decimal(job.hours)
        price = multiply_cents(LABOR_RATE[location], hours)
        labor_cents += price
        rate = LABOR_RATE[location]
        lines.append(Line(LineKind.LABOR, job.category, job.name, rate, price, tax[TaxClass.LABOR], hours))
        for kind, sold in ((LineKind.PART, job.parts), (LineKind.FEE, job.fees)):
            lines += [Line(kind, job.category, name, cents, cents, tax[TAX_CLASS[kind]]) for name, cents in sold]
    supplies = min(multiply_cents(labor_cents, _SUPPLIES_SHARE), _MOST_SUPPLIES_CENTS)
    lines.append(Line(LineKind.FEE, "Fees", SUPPLIES, supplies, supplies, tax[TaxClass.FEES]))
    return lines


def discount(random: Random, lines: list[Line]) -> None:
    """Take a twentieth or a tenth off the main job's labor, with a reason."""
    labor = lines[0]
    labor.discount_cents = multiply_cents(labor.price_cents, Decimal(random.choice((5, 10))) / 100)
    labor.discount_reason = random.choice(DISCOUNT_REASONS)


def summary_of(lines: list[Line]) -> str | None:
    """Return the first job and how many more there are, "Front brake pads +2"; a job is a labor line not declined."""
    jobs = [line.name for line in lines if line.kind is LineKind.LABOR and not line.is_declined]
    if not jobs:
        return None
    return jobs[0] if len(jobs) == 1 else f"{jobs[0]} +{len(jobs) - 1}"


def total_of(lines: list[Line]) -> int:
    """Return the sum in cents of what is charged, with tax: every line the customer did not decline."""
    return sum(line.price_cents - line.discount_cents + line.tax_cents for line in lines if not line.is_declined)
