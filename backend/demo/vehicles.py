"""The cars: models with their makers' WMI codes, VINs that decode, plates in their states' formats."""

import string
from dataclasses import dataclass
from random import Random

from backend.vehicles.rules import decode_vin, with_check_digit

# 49 CFR 565.15: letters I, O, Q never; the year code leaves out U, Z and 0 as well.
VIN_CHARACTERS = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
VIN_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
YEAR_CODES = "ABCDEFGHJKLMNPRSTVWXY123456789"
FIRST_CODED_YEAR = 1980
# From this model year on the 7th character of a car's VIN is a letter; before, a digit.
LETTER_SINCE_YEAR = 2010


@dataclass(frozen=True, slots=True)
class CarModel:
    """A model we see often; `years` is (first, last), `weight` how often against the others."""

    make: str
    model: str
    wmi: str
    years: tuple[int, int]
    engine: str
    trims: tuple[str, ...]
    weight: int = 4
    is_work_vehicle: bool = False


MODELS = (
    CarModel("Toyota", "Corolla", "2T1", (2009, 2019), "1.8L I4", ("L", "LE", "S"), 8),
    CarModel("Toyota", "Camry", "4T1", (2007, 2025), "2.5L I4", ("LE", "SE", "XLE"), 9),
    CarModel("Toyota", "RAV4", "2T3", (2013, 2024), "2.5L I4", ("LE", "XLE", "Limited"), 8),
    CarModel("Toyota", "Highlander", "5TD", (2011, 2023), "3.5L V6", ("LE", "XLE"), 4),
    CarModel("Toyota", "Prius", "JTD", (2010, 2022), "1.8L I4 hybrid", ("Two", "Three", "LE"), 5),
    CarModel("Toyota", "Tacoma", "5TF", (2009, 2023), "3.5L V6", ("SR5", "TRD Off-Road"), 5, True),
    CarModel("Honda", "Civic", "2HG", (2008, 2024), "2.0L I4", ("LX", "EX", "Sport"), 8),
    CarModel("Honda", "Accord", "1HG", (2006, 2024), "1.5L I4 turbo", ("LX", "EX-L", "Sport"), 8),
    CarModel("Honda", "CR-V", "5J6", (2010, 2023), "2.4L I4", ("LX", "EX", "Touring"), 8),
    CarModel("Honda", "Odyssey", "5FN", (2008, 2023), "3.5L V6", ("EX", "EX-L"), 4),
    CarModel("Ford", "F-150", "1FT", (2007, 2024), "3.5L V6 turbo", ("XL", "XLT", "Lariat"), 8, True),
    CarModel("Ford", "Escape", "1FM", (2010, 2023), "1.5L I3 turbo", ("S", "SE", "Titanium"), 5),
    CarModel("Ford", "Transit 250", "1FT", (2015, 2024), "3.5L V6", ("Cargo", "High Roof"), 3, True),
    CarModel("Chevrolet", "Silverado 1500", "1GC", (2008, 2024), "5.3L V8", ("WT", "LT", "RST"), 6, True),
    CarModel("Chevrolet", "Equinox", "2GN", (2011, 2023), "1.5L I4 turbo", ("LS", "LT"), 4),
    CarModel("Chevrolet", "Malibu", "1G1", (2008, 2023), "1.5L I4 turbo", ("LS", "LT"), 3),
    CarModel("Nissan", "Altima", "1N4", (2007, 2024), "2.5L I4", ("S", "SV", "SL"), 6),
    CarModel("Nissan", "Rogue", "5N1", (2014, 2023), "2.5L I4", ("S", "SV"), 5),
    CarModel("Hyundai", "Elantra", "5NP", (2011, 2022), "2.0L I4", ("SE", "SEL"), 5),
    CarModel("Hyundai", "Tucson", "KM8", (2011, 2024), "2.5L I4", ("SE", "SEL", "Limited"), 4),
    CarModel("Kia", "Sorento", "5XY", (2011, 2023), "2.5L I4", ("LX", "S", "EX"), 4),
    CarModel("Subaru", "Outback", "4S4", (2008, 2024), "2.5L H4", ("Base", "Premium", "Limited"), 5),
    CarModel("Subaru", "Forester", "JF2", (2009, 2024), "2.5L H4", ("Base", "Premium"), 4),
    CarModel("Jeep", "Grand Cherokee", "1C4", (2012, 2023), "3.6L V6", ("Laredo", "Limited"), 4),
    CarModel("Ram", "1500", "1C6", (2012, 2024), "5.7L V8", ("Tradesman", "Big Horn"), 4, True),
    CarModel("Volkswagen", "Jetta", "3VW", (2008, 2023), "1.4L I4 turbo", ("S", "SE"), 3),
    CarModel("BMW", "330i", "WBA", (2017, 2023), "2.0L I4 turbo", ("Base", "xDrive"), 2),
    CarModel("Mazda", "CX-5", "JM3", (2013, 2024), "2.5L I4", ("Sport", "Touring"), 4),
    CarModel("Tesla", "Model 3", "5YJ", (2018, 2024), "Electric", ("Standard Range", "Long Range"), 3),
)
WORK_MODELS = tuple(model for model in MODELS if model.is_work_vehicle)

COLORS = ("White", "Black", "Gray", "Silver", "Blue", "Red", "Green", "Beige", "Orange", "Burgundy")
COLOR_WEIGHTS = (24, 21, 20, 13, 9, 8, 2, 1, 1, 1)

# A, D in a pattern: letter, digit; anything else stands for itself.
PLATE_PATTERNS = {
    "NY": "AAA-DDDD",
    "NJ": "ADD-AAA",
    "CT": "AA-DDDDD",
    "PA": "AAA-DDDD",
    "AZ": "AAADDDD",
    "CA": "DAAADDD",
    "NM": "AAA-DDD",
    "TX": "AAA-DDDD",
}
PLATE_STATES = {
    "brooklyn": (("NY", 80), ("NJ", 14), ("CT", 3), ("PA", 3)),
    "mesa": (("AZ", 88), ("CA", 6), ("NM", 4), ("TX", 2)),
}
LEAST_YEARLY_MILES, MOST_YEARLY_MILES = 7_000, 15_500


def make_vin(random: Random, model: CarModel, year: int, this_year: int) -> str:
    """Return a VIN that decodes, in `this_year`, to the model's make and year."""
    year_code = YEAR_CODES[(year - FIRST_CODED_YEAR) % len(YEAR_CODES)]
    while True:
        seventh = random.choice(VIN_LETTERS if year >= LETTER_SINCE_YEAR else string.digits)
        describes = "".join(random.choices(VIN_CHARACTERS, k=3)) + seventh + random.choice(VIN_CHARACTERS)
        vin = f"{model.wmi}{describes}0{year_code}{random.choice(VIN_LETTERS)}{random.randrange(1_000_000):06d}"
        decoded = decode_vin(with_check_digit(vin), this_year)
        # Some makers share a code and tell each other apart by the characters after it.
        if (decoded.make, decoded.year) == (model.make, year):
            return decoded.vin


def make_plate(random: Random, location: str) -> tuple[str, str]:
    """Return (plate, state) as most cars near the location carry."""
    states = PLATE_STATES[location]
    state = random.choices([name for name, _ in states], [weight for _, weight in states])[0]
    return "".join(_plate_character(random, sign) for sign in PLATE_PATTERNS[state]), state


def _plate_character(random: Random, sign: str) -> str:
    match sign:
        case "A":
            return random.choice(VIN_LETTERS)
        case "D":
            return random.choice(string.digits)
        case _:
            return sign
