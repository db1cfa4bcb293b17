"""The demo shop's places, staff, customers and cars."""

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from backend.accounts.permissions import Role
from backend.core.clock import local_day
from backend.customers.rules import name_key
from backend.demo import people, vehicles
from backend.demo.calendar import Hours, clock_time
from backend.demo.randomness import seeded_id, stream

# The shop opened this long ago, in days; its oldest customers came in the years before, to the former owner.
OPENED_DAYS_AGO = 560
OLDEST_CUSTOMER_DAYS_AGO = 1_400


@dataclass(frozen=True, slots=True)
class PlaceEntry:
    """A location as it is written down; `customers` is how many live near it."""

    key: str
    name: str
    timezone: str
    phone: str
    address: str
    opens: int
    closes: int
    bays: tuple[str, ...]
    customers: int
    two_cars: int
    no_car: int
    ownerless_cars: int


PLACES = (
    PlaceEntry(
        "brooklyn",
        "Keytag Auto – Brooklyn",  # noqa: RUF001  a dash between two names is an en dash
        "America/New_York",
        "+17185550100",
        "412 4th Avenue, Brooklyn, NY 11215",
        clock_time(7, 30),
        clock_time(18),
        ("Bay 1", "Bay 2", "Bay 3", "Bay 4", "Alignment rack"),
        1_200,
        36,
        90,
        5,
    ),
    PlaceEntry(
        "mesa",
        "Keytag Auto – Mesa",  # noqa: RUF001
        "America/Phoenix",
        "+14805550100",
        "1850 East Main Street, Mesa, AZ 85203",
        clock_time(7),
        clock_time(17, 30),
        ("Bay 1", "Bay 2", "Bay 3", "Bay 4"),
        800,
        24,
        60,
        3,
    ),
)


@dataclass(frozen=True, slots=True)
class Bay:
    """A bay."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Colleague:
    """A staff user."""

    id: UUID
    entry: people.StaffEntry

    @property
    def name(self) -> str:
        """Their full name."""
        return self.entry.name

    @property
    def role(self) -> Role:
        """Their role."""
        return self.entry.role


@dataclass(frozen=True, slots=True)
class Place:
    """A location seen at one instant: `now` is that instant, `today` its local day there."""

    id: UUID
    entry: PlaceEntry
    hours: Hours
    now: datetime
    today: date
    bays: tuple[Bay, ...]
    staff: tuple[Colleague, ...]

    @property
    def key(self) -> str:
        """The short name that random streams use."""
        return self.entry.key

    @property
    def technicians(self) -> list[Colleague]:
        """The technicians, in a fixed order."""
        return [person for person in self.staff if person.role is Role.TECH]

    @property
    def advisors(self) -> list[Colleague]:
        """The service advisors, in a fixed order."""
        return [person for person in self.staff if person.role is Role.ADVISOR]

    @property
    def owner(self) -> Colleague:
        """The Owner."""
        return next(person for person in self.staff if person.role is Role.OWNER)

    @property
    def accountant(self) -> Colleague:
        """The accountant."""
        return next(person for person in self.staff if person.role is Role.ACCOUNTANT)

    def day(self, offset: int) -> date:
        """Return the local day `offset` days from today."""
        return self.today + timedelta(days=offset)

    def work_day(self, offset: int) -> date:
        """Return the local day `offset` working days from today."""
        return self.hours.work_day(offset)


@dataclass(slots=True)
class Customer:
    """A person, or the one who looks after a company's cars."""

    id: UUID
    name: str
    phone: str | None
    email: str | None
    created_at: datetime
    company: str | None = None
    notes: str | None = None
    timezone: str | None = None

    @property
    def is_company(self) -> bool:
        """Whether a company stands behind it, which pays later."""
        return self.company is not None

    @property
    def greeting(self) -> str:
        """What a text calls them."""
        return self.name.split()[0]


@dataclass(slots=True)
class Vehicle:
    """A car; `arrival` is the day offset (negative) from which on it may have visits."""

    id: UUID
    owner: Customer | None
    model: vehicles.CarModel
    year: int
    trim: str
    color: str
    plate: str
    plate_state: str
    vin: str
    mileage: int
    created_at: datetime
    arrival: int

    @property
    def label(self) -> str:
        """What texts call it."""
        return f"{self.model.make} {self.model.model}"

    @property
    def is_electric(self) -> bool:
        """Whether it has no combustion engine, so no oil to change."""
        return self.model.engine == "Electric"


@dataclass(slots=True)
class Population:
    """Everybody near one location; `cars` in the order of their arrival."""

    customers: list[Customer] = field(default_factory=list)
    cars: list[Vehicle] = field(default_factory=list)
    ownerless: list[Vehicle] = field(default_factory=list)

    def draw_car(self, random: Random, offset: int) -> Vehicle:
        """Return a car that the shop knew `offset` days from today; lately known ones come more often."""
        known = bisect_right(self.cars, offset, key=lambda car: car.arrival)
        return self.cars[known - 1 - int(known * random.random() ** 1.2)]


def build_places(now: datetime) -> list[Place]:
    """Return the locations with their bays and staff, as they stand at `now`."""
    colleagues: dict[str, Colleague] = {}
    places = []
    for entry in PLACES:
        zone = ZoneInfo(entry.timezone)
        today = local_day(now, zone)
        hours = Hours(zone, entry.opens, entry.closes, today)
        opened = hours.at(today - timedelta(days=OPENED_DAYS_AGO), entry.opens)
        for index, person in enumerate(people.STAFF):
            if person.key not in colleagues:
                colleagues[person.key] = Colleague(
                    seeded_id(opened + timedelta(minutes=index), "user", person.key), person
                )
        places.append(
            Place(
                seeded_id(opened, "location", entry.key),
                entry,
                hours,
                now,
                today,
                tuple(Bay(seeded_id(opened, "bay", entry.key, name), name) for name in entry.bays),
                tuple(colleagues[person.key] for person in people.STAFF if entry.key in person.locations),
            )
        )
    return places


def build_population(place: Place) -> Population:
    """Return the customers and cars near a location."""
    random = stream("population", place.key)
    entry = place.entry
    companies = people.COMPANIES[entry.key]
    persons = entry.customers - len(companies)
    one_car = persons - entry.two_cars - entry.no_car
    cars_of = [2] * entry.two_cars + [0] * entry.no_car + [1] * one_car
    random.shuffle(cars_of)
    # Companies are among the first customers, so that they have a history.
    households: list[tuple[str | None, int]] = [(None, count) for count in cars_of]
    for name, count in companies:
        households.insert(random.randrange(len(households) // 3), (name, count))
    names = iter(people.person_names(random, entry.customers))
    phones = iter(people.phone_numbers(random, entry.key))
    vins: set[str] = set()
    plates: set[str] = set()
    population = Population()
    for index, (company, count) in enumerate(households):
        share = (index / len(households)) ** 0.8
        arrival = -OLDEST_CUSTOMER_DAYS_AGO + int((OLDEST_CUSTOMER_DAYS_AGO - 3) * share)
        created_at = place.hours.at(place.day(arrival), random.randint(entry.opens, entry.closes))
        customer = _customer(random, place, index, company, names, phones, created_at)
        population.customers.append(customer)
        for number in range(count):
            key = ("vehicle", entry.key, index, number)
            added_at = created_at + timedelta(minutes=2 + number)
            population.cars.append(_car(random, place, key, customer, added_at, arrival, vins, plates))
    _add_duplicates(population)
    for number in range(entry.ownerless_cars):
        added_at = place.hours.at(place.day(-2 - number), entry.opens + 20)
        population.ownerless.append(
            _car(random, place, ("vehicle", entry.key, "ownerless", number), None, added_at, -2 - number, vins, plates)
        )
    return population


def _customer(
    random: Random,
    place: Place,
    index: int,
    company: str | None,
    names: people.Names,
    phones: people.Names,
    created_at: datetime,
) -> Customer:
    identity = seeded_id(created_at, "customer", place.key, index)
    name, phone = next(names), next(phones)
    email: str | None = None
    if company is not None:
        domain = "".join(character for character in company.lower() if character.isalnum())
        email = f"fleet@{domain}.example.com"
        return Customer(identity, name, phone, email, created_at, company, random.choice(people.FLEET_NOTES))
    if random.random() < 0.82:  # noqa: PLR2004  shares of customers, here and below
        mailbox = name_key(name).replace(" ", random.choice(("", ".", "_")))
        email = f"{mailbox}{random.choice(('', '', random.randint(1, 99)))}@{random.choice(people.EMAIL_DOMAINS)}"
    has_phone = random.random() < 0.95  # noqa: PLR2004
    notes = random.choice(people.CUSTOMER_NOTES) if random.random() < 0.08 else None  # noqa: PLR2004
    return Customer(identity, name, phone if has_phone else None, email, created_at, None, notes)


def _car(
    random: Random,
    place: Place,
    key: tuple[object, ...],
    owner: Customer | None,
    created_at: datetime,
    arrival: int,
    vins: set[str],
    plates: set[str],
) -> Vehicle:
    models = vehicles.WORK_MODELS if owner is not None and owner.is_company else vehicles.MODELS
    model = random.choices(models, [candidate.weight for candidate in models])[0]
    first = model.years[0]
    last = max(first, min(model.years[1], created_at.year))
    # Most cars that come to an independent shop are out of warranty.
    year = round(random.triangular(first, last, first + (last - first) * 0.6))
    while (vin := vehicles.make_vin(random, model, year, place.today.year)) in vins:
        pass
    vins.add(vin)
    while (plate := vehicles.make_plate(random, place.key))[0] in plates:
        pass
    plates.add(plate[0])
    age = max(1, place.today.year - year)
    mileage = age * random.randint(vehicles.LEAST_YEARLY_MILES, vehicles.MOST_YEARLY_MILES) + random.randrange(1_000)
    return Vehicle(
        seeded_id(created_at, *key),
        owner,
        model,
        year,
        random.choice(model.trims),
        random.choices(vehicles.COLORS, vehicles.COLOR_WEIGHTS)[0],
        *plate,
        vin,
        mileage,
        created_at,
        arrival,
    )


def _add_duplicates(population: Population) -> None:
    """Let three customers without a car be second entries of others: same phone, name shortened at the counter."""
    with_car = {car.owner.id for car in population.cars if car.owner}
    duplicates = [customer for customer in population.customers if customer.id not in with_car][-3:]
    originals = [c for c in population.customers if c.id in with_car and c.phone and not c.is_company][-40::13]
    for duplicate, original in zip(duplicates, originals, strict=False):
        given, family = original.name.split(maxsplit=1)
        duplicate.name = f"{given[0]}. {family}"
        duplicate.phone = original.phone
        duplicate.email = None
        duplicate.notes = None
