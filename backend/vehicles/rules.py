"""Plates, labels, model years and vehicle identification numbers: what is right, and what compares equal."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from backend.core.errors import ConflictError, NotFoundError, RuleViolationError, invalid_field

# --- refusals -------------------------------------------------------------------------------


class CustomerGoneError(NotFoundError):
    """404: no such customer, deleted, or merged into the one that `mergedInto` names."""


class OpenAppointmentsError(ConflictError):
    """409: what still has open appointments can't be deleted; `appointments` names them."""

    code = "open_appointments"


class InvalidVinError(RuleViolationError):
    """422: this can't be the identification number of a vehicle."""

    code = "invalid_vin"


@dataclass(frozen=True, slots=True)
class OpenAppointment:
    """An appointment that is still open."""

    id: UUID
    number: int


def refuse_open(appointments: Sequence[OpenAppointment], what: str) -> None:
    """Refuse to delete a vehicle or customer (`what`) that people still expect.

    Raises:
        OpenAppointmentsError: there are open appointments.
    """
    if appointments:
        numbers = ", ".join(f"#{appointment.number}" for appointment in appointments)
        raise OpenAppointmentsError(
            f"This {what} still has open appointments: {numbers}. Complete, cancel or move them first.",
            appointments=[{"id": appointment.id, "number": appointment.number} for appointment in appointments],
        )


# --- names, plates and years ----------------------------------------------------------------

# Benz's Patent-Motorwagen.
FIRST_MODEL_YEAR = 1886
_NOT_IN_KEY = re.compile(r"[^A-Z0-9]")


def tidy(text: str) -> str:
    """Return a text on one line with single spaces."""
    return " ".join(text.split())


def plate_key(plate: str | None) -> str | None:
    """Return a plate as search compares it: letters and digits, upper case; None for no plate."""
    if plate is None:
        return None
    return _NOT_IN_KEY.sub("", unicodedata.normalize("NFKD", plate).upper()) or None


def vehicle_label(year: int | None, make: str | None, model: str | None) -> str | None:
    """Return "2019 Toyota Corolla", or as much as is known; the database has the same rule for cards."""
    return " ".join(str(part) for part in (year, make, model) if part is not None) or None


def require_year(year: int, this_year: int) -> None:
    """Refuse a model year that no vehicle can have; next year's models are sold this year.

    Raises:
        RuleViolationError: before the first car, or after next year.
    """
    if not FIRST_MODEL_YEAR <= year <= this_year + 1:
        raise invalid_field("year", f"Use a model year from {FIRST_MODEL_YEAR} to {this_year + 1}.")


# --- what a search text may mean --------------------------------------------------------------

SHORTEST_PLATE = 2
LONGEST_PLATE = 10
SHORTEST_VIN_TAIL = 4


def plate_in(text: str) -> str | None:
    """Read a search text as the key of a plate or part of one; None where it can't be that."""
    code = plate_key(text) or ""
    return code if SHORTEST_PLATE <= len(code) <= LONGEST_PLATE else None


def vin_in(text: str) -> str | None:
    """Read a search text as a VIN or the tail of one; None where it can't be that."""
    code = plate_key(text) or ""
    return code if SHORTEST_VIN_TAIL <= len(code) <= VIN_LENGTH and not set(code) & NOT_IN_VIN else None


def plate_pattern(plate: str) -> str:
    """Return what a plate's key is compared with by LIKE."""
    # Two characters inside a plate are no trigram; where it begins they are.
    return f"%{plate}%" if len(plate) > SHORTEST_PLATE else f"{plate}%"


# --- vehicle identification numbers (ISO 3779, 49 CFR 565) --------------------------------------

VIN_LENGTH = 17
NOT_IN_VIN = frozenset("IOQ")
CHECK_POSITION = 8
YEAR_POSITION = 9
# 49 CFR 565.15, table III: the value of each letter, and the weight of each of the 17 positions.
_VALUES = {
    **{str(number): number for number in range(10)},
    **dict(zip("ABCDEFGH", range(1, 9), strict=True)),
    **dict(zip("JKLMN", range(1, 6), strict=True)),
    "P": 7,
    "R": 9,
    **dict(zip("STUVWXYZ", range(2, 10), strict=True)),
}
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
# 49 CFR 565.15, table VII: 30 codes that begin anew in 2010.
_YEAR_CODES = "ABCDEFGHJKLMNPRSTVWXY123456789"
_FIRST_YEAR = 1980
_CYCLE_YEARS = len(_YEAR_CODES)
# Where the check digit and the year code are the law.
_NORTH_AMERICA = "North America"
# Order of the second character within a country range.
_ORDER = "ABCDEFGHJKLMNPRSTUVWXYZ1234567890"


@dataclass(frozen=True, slots=True)
class Vin:
    """What a VIN says; `errors` in words, empty when it is valid."""

    vin: str
    is_valid: bool
    check_digit: str | None
    expected_check_digit: str | None
    year: int | None
    make: str | None
    manufacturer: str | None
    region: str | None
    country: str | None
    errors: tuple[str, ...]


def tidy_vin(text: str) -> str:
    """Return a VIN in upper case without the spaces and dashes that people put in."""
    return re.sub(r"[\s\-\u2010-\u2015]+", "", text).upper()


def check_digit(vin: str) -> str:
    """Return the character that belongs in position 9 of a 17-character VIN; what stands there does not count."""
    remainder = sum(_VALUES[character] * weight for character, weight in zip(vin, _WEIGHTS, strict=True)) % 11
    return "X" if remainder == 10 else str(remainder)  # noqa: PLR2004  ISO 3779 writes ten as X


def with_check_digit(vin: str) -> str:
    """Return `vin` with the right character in position 9."""
    return vin[:CHECK_POSITION] + check_digit(vin) + vin[CHECK_POSITION + 1 :]


def format_errors(vin: str) -> tuple[str, ...]:
    """Say what keeps a tidied text from being a VIN at all: its length and its characters."""
    errors: list[str] = []
    if len(vin) != VIN_LENGTH:
        errors.append(f"A VIN has 17 characters; this has {len(vin)}.")
    confused = sorted(set(vin) & NOT_IN_VIN)
    if confused:
        errors.append(f"A VIN has no {', '.join(confused)}: look again for 1 and 0.")
    strange = sorted({character for character in vin if character not in _VALUES and character not in NOT_IN_VIN})
    if strange:
        errors.append(f"A VIN has only letters and digits, not {' '.join(strange[:5])}.")
    return tuple(errors)


def require_vin(text: str, field: str = "vin") -> str:
    """Return the tidied VIN for keeping.

    A wrong check digit is refused where it is the law (North American makers); elsewhere
    position 9 may mean something else and the VIN is kept as it is.

    Raises:
        InvalidVinError: with the faults in words.
    """
    vin = tidy_vin(text)
    errors = format_errors(vin)
    if not errors and _is_north_american(vin) and vin[CHECK_POSITION] != check_digit(vin):
        errors = (_check_digit_fault(vin),)
    if errors:
        raise InvalidVinError("Please check the VIN.", errors={field: list(errors)})
    return vin


def decode_vin(text: str, this_year: int) -> Vin:
    """Check and decode a VIN offline; cars up to the model year after `this_year` exist."""
    vin = tidy_vin(text)
    errors = list(format_errors(vin))
    if errors:
        return Vin(vin, False, None, None, None, None, None, None, None, tuple(errors))
    expected = check_digit(vin)
    if vin[CHECK_POSITION] != expected:
        errors.append(_check_digit_fault(vin))
    maker = _maker(vin)
    follows_law = _is_north_american(vin) or not errors
    year = model_year(vin, this_year, is_light=follows_law and not (maker is not None and maker.is_heavy))
    if year is None and follows_law:
        errors.append(f"Position 10 ({vin[YEAR_POSITION]}) names no model year.")
    region, country = _origin(vin)
    return Vin(
        vin=vin,
        is_valid=not errors,
        check_digit=vin[CHECK_POSITION],
        expected_check_digit=expected,
        year=year,
        make=maker.make if maker else None,
        manufacturer=maker.manufacturer if maker else None,
        region=region,
        country=country,
        errors=tuple(errors),
    )


def _check_digit_fault(vin: str) -> str:
    fault = f"Position 9 (the check digit) is {vin[CHECK_POSITION]} but should be {check_digit(vin)}: one character is mistyped."
    return fault if _is_north_american(vin) else f"{fault} A car not made for North America may have no check digit."


def _is_north_american(vin: str) -> bool:
    return _origin(vin)[0] == _NORTH_AMERICA


def model_year(vin: str, this_year: int, *, is_light: bool = True) -> int | None:
    """Return the model year of position 10, None where it names none.

    The codes repeat every 30 years. On cars and light trucks position 7 tells the cycles
    apart: a digit until 2009, a letter from 2010 (49 CFR 565.15(d)). Heavy trucks,
    motorcycles and cars for other markets do not follow that; theirs is the latest year
    that can exist.
    """
    place = _YEAR_CODES.find(vin[YEAR_POSITION])
    if place < 0:
        return None
    year = _FIRST_YEAR + place
    latest = this_year + 1
    if is_light:
        candidate = year if vin[6].isdecimal() else year + _CYCLE_YEARS
        return candidate if candidate <= latest else year
    while year + _CYCLE_YEARS <= latest:
        year += _CYCLE_YEARS
    return year


# --- makers (position 1 to 3, more where makes share a code) and countries (ISO 3780) ---------------


@dataclass(frozen=True, slots=True)
class Maker:
    """Who built a vehicle; `is_heavy` also for motorcycles: those outside the light vehicle rules."""

    make: str
    manufacturer: str
    is_heavy: bool = False


# "make | manufacturer | codes"; a * marks heavy trucks and motorcycles. The longest code that
# begins a VIN decides: 5XYZ is a Hyundai among the Kias of 5XY.
_MAKERS_TEXT = """
Acura | Honda | JH4 19U 19V 2HH 2HN 5FR 5J8
Alfa Romeo | Stellantis | ZAR ZAS
Aston Martin | Aston Martin | SCF SD7
Audi | Volkswagen Group | WAU WA1 WUA WU1 TRU
Bentley | Volkswagen Group | SCB SJA
BMW | BMW | WBA WBS WBX WBY WB3 WB4 WB5 4US 5UX 5UM 5YM 3MW
Buick | General Motors | 1G4 2G4 3G4 3G5 5GA KL4 LRB W04
Cadillac | General Motors | 1G6 1GY 2G6 3GY LRE
Chevrolet | General Motors | 1G1 1GA 1GB 1GC 1GN 1G0 2CN 2G1 2GB 2GC 2GN 3G1 3GB 3GC 3GN KL1 KL7 KL8 KL77
Chrysler | Stellantis | 1A4 1A8 1C3 1C8 2A3 2A4 2A8 2C3 2C4 2C8 3A4 3A8 3C3 3C4 3C8 1C3CC 2C3CC 2C3CK 2C4RC
Dodge | Stellantis | 1B3 1B4 1B7 1B8 1D3 1D4 1D7 1D8 2B3 2B4 2B5 2B7 2B8 2D3 2D4 2D6 2D7 2D8 3B3 3B4 3B6 3B7 3D2 3D3 3D4 3D6 3D7
Dodge | Stellantis | 1C3CD 1C4RD 1C4SD 2C3CD 2C4RD 3C3CD 3C4PD WD0 ZACND ZACPD
Ducati * | Ducati | ZDM
Ferrari | Ferrari | ZFF ZDF
Fiat | Stellantis | ZFA ZFB 3C3CF ZFBCF ZFBNF
Ford | Ford | 1FA 1FB 1FC 1FD 1FM 1FT 1F1 1F6 1ZV 2FA 2FD 2FM 2FT 3FA 3FE 3FM 3FT MAJ NM0 WF0
Freightliner * | Daimler Truck | 1FU 1FV 2FU 2FV 3AK 3AL 4UZ
Genesis | Hyundai | KMT KMU KMTG
GMC | General Motors | 1GD 1GK 1GT 1GJ 2CT 2GD 2GK 2GT 3GD 3GK 3GT
Harley-Davidson * | Harley-Davidson | 1HD 5HD MEG
Honda | Honda | 1HG 2HG 2HJ 2HK 3CZ 3HG 5FN 5FP 5FS 5J6 5KB 7FA JHG JHL JHM SHH SHS 19X
Honda * | Honda | 1HF 3H1 JH2 JH3 LUC MLH
Hummer | General Motors | 5GN 5GR 5GT
Hyundai | Hyundai | 2HM 5NM 5NP 5NT 5XYZ KM8 KMH KMF KMJ
Infiniti | Nissan | JNK JNR JNX 3PC 5N3 5N1AL 5N1DL SJK
International * | Navistar | 1HS 1HT 2HS 3HA 3HC 3HS 3HT 4DR
Isuzu | Isuzu | JAA JAB JAC JAE 4NU 4S1 4S2
Isuzu * | Isuzu | JAL JAM 4KL 54D
Jaguar | Jaguar Land Rover | SAJ SAD
Jeep | Stellantis | 1C4 1J4 1J8 1J7 1C6JJ 1C6HJ 1C6RJ 3C4NJ ZAC ZACNJ ZACCJ
Kawasaki * | Kawasaki | JKA JKB
Kenworth * | PACCAR | 1NK 1XK 2NK 2XK 3BK 3WK
Kia | Kia | 3KP 5XX 5XY KNA KNC KND KNE KNH
KTM * | KTM | VBK
Lamborghini | Volkswagen Group | ZHW ZPB
Land Rover | Jaguar Land Rover | SAL
Lexus | Toyota | 2T2 58A JT6 JT8 JTH JTJ
Lincoln | Ford | 1L1 1LN 2LM 2LN 3LN 5L1 5LM 5LT LF0
Lotus | Lotus | SCC
Lucid | Lucid | 50E 7UU
Mack * | Volvo Group | 1M1 1M2
Maserati | Stellantis | ZAM ZN6
Mazda | Mazda | 1YV 3MV 3MZ 4F2 4F4 7MM JM1 JM2 JM3 JC1
McLaren | McLaren | SBM
Mercedes-Benz | Mercedes-Benz | 4JG 55S W1K W1N W1V W1W W1X W1Y WD2 WD3 WD4 WD5 WD7 WD8 WDA WDB WDC WDD WDF WDP WDR WDW WDX WDY WDZ
Mercury | Ford | 1ME 1ZW 2ME 2MR 2MH 3ME 3MA 4M2
Mini | BMW | WMW WMZ
Mitsubishi | Mitsubishi | 4A3 4A4 6MM JA3 JA4 JA7 ML3
Nissan | Nissan | 1N4 1N6 1N8 3N1 3N6 3N8 5BZ 5N1 JN1 JN6 JN8 JNA KNM
Oldsmobile | General Motors | 1G3 1GH 2G3
Peterbilt * | PACCAR | 1NP 1XP 2NP 2XP 3BP
Plymouth | Stellantis | 1P3 1P4 1P7 2P3 2P4 3P3
Polestar | Geely | LPS YSM
Pontiac | General Motors | 1G2 1GM 2CK 2G2 2G7 3G2 3G7 5Y2 6G2 KL2
Porsche | Volkswagen Group | WP0 WP1
Ram | Stellantis | 1C6 3C6 3C7 ZFBER ZFBHR
Rivian | Rivian | 7FC 7PD
Rolls-Royce | BMW | SCA SLA
Saab | Saab | YS3 5S3 JF4
Saturn | General Motors | 1G8 3GS 5G8 5GZ W08
Smart | Mercedes-Benz | WME
Subaru | Subaru | 4S3 4S4 JF1 JF2
Suzuki | Suzuki | 2S2 2S3 JS2 JS3 JS4 KL5
Suzuki * | Suzuki | JS1 5SA
Tesla | Tesla | 5YJ 7SA 7G2 LRW XP7
Toyota | Toyota | 1NX 2T1 2T3 3MY 3TM 3TY 4T1 4T3 4T4 4TA 5TB 5TD 5TE 5TF 5YF 7MU 7SV JT2 JT3 JT4 JT5 JTD JTE JTG JTK JTL JTM JTN JTP NMT SB1 VNK
Triumph * | Triumph | SMT
Volkswagen | Volkswagen Group | 1VW 1V2 2V4 2V8 3VV 3VW 9BW WVG WVW WV1 WV2 WV3
Volvo | Volvo Cars | YV1 YV4 7JR 7JD LVY LYV
Volvo * | Volvo Group | 4V1 4V4 4V5 4VG 4VZ YV2 YV5
Yamaha * | Yamaha | JYA JYE 5Y4
"""

# first characters, from and to (second character included), country
_COUNTRIES_TEXT = """
AA-AH South Africa; BA-BE Angola; CA-CE Benin; DA-DE Egypt; DL-DR Zambia; EA-EE Ethiopia; EF-EK Mozambique; FA-FE Ghana; FF-FK Nigeria
JA-J0 Japan; KF-KK Israel; KL-KR South Korea; KS-K0 Kazakhstan; LA-L0 China; MA-ME India; MF-MK Indonesia; ML-MR Thailand; MS-MS Myanmar
NA-NE Iran; NF-NK Pakistan; NL-NR Turkey; PA-PE Philippines; PF-PK Singapore; PL-PR Malaysia; RA-RE United Arab Emirates; RF-RK Taiwan
RL-RR Vietnam; RS-R0 Saudi Arabia; SA-SM United Kingdom; SN-ST Germany; SU-SZ Poland; S1-S4 Latvia; TA-TH Switzerland; TJ-TP Czechia
TR-TV Hungary; TW-T1 Portugal; UH-UM Denmark; UN-UT Ireland; UU-UZ Romania; U5-U7 Slovakia; VA-VE Austria; VF-VR France; VS-VW Spain
VX-V2 Serbia; V3-V5 Croatia; V6-V0 Estonia; WA-W0 Germany; XA-XE Bulgaria; XF-XK Greece; XL-XR Netherlands; XS-XW Russia; XX-X2 Luxembourg
X3-X0 Russia; YA-YE Belgium; YF-YK Finland; YS-YW Sweden; YX-Y2 Norway; Y3-Y5 Belarus; Y6-Y0 Ukraine; ZA-ZR Italy; ZX-Z2 Slovenia; Z3-Z5 Lithuania
1A-10 United States; 2A-20 Canada; 3A-3W Mexico; 3X-37 Costa Rica; 4A-40 United States; 5A-50 United States; 6A-6W Australia; 7A-7E New Zealand
7F-70 United States; 8A-8E Argentina; 8F-8K Chile; 8L-8R Ecuador; 8S-8W Peru; 8X-82 Venezuela; 9A-9E Brazil; 9F-9K Colombia; 9L-9R Paraguay
9S-9W Uruguay; 9X-92 Trinidad and Tobago; 93-99 Brazil
"""

_REGIONS = (
    ("ABCDEFGH", "Africa"),
    ("JKLMNPR", "Asia"),
    ("STUVWXYZ", "Europe"),
    ("12345", _NORTH_AMERICA),
    ("67", "Oceania"),
    ("89", "South America"),
)


def _read_makers() -> dict[str, Maker]:
    makers: dict[str, Maker] = {}
    for line in _MAKERS_TEXT.strip().splitlines():
        make, manufacturer, codes = (part.strip() for part in line.split("|"))
        maker = Maker(make.removesuffix("*").strip(), manufacturer, make.endswith("*"))
        makers.update(dict.fromkeys(codes.split(), maker))
    return makers


def _read_countries() -> tuple[tuple[str, int, int, str], ...]:
    ranges = []
    for entry in _COUNTRIES_TEXT.replace("\n", ";").split(";"):
        if entry.strip():
            span, country = entry.strip().split(" ", 1)
            ranges.append((span[0], _ORDER.index(span[1]), _ORDER.index(span[4]), country))
    return tuple(ranges)


MAKERS = _read_makers()
_COUNTRIES = _read_countries()
_LONGEST_CODE = max(len(code) for code in MAKERS)


def _maker(vin: str) -> Maker | None:
    for length in range(_LONGEST_CODE, 2, -1):
        maker = MAKERS.get(vin[:length])
        if maker is not None:
            return maker
    return None


def _origin(vin: str) -> tuple[str | None, str | None]:
    """Return the region and country of the maker's code; 7F to 70 is the United States since 2020."""
    place = _ORDER.index(vin[1])
    country = next((name for first, low, high, name in _COUNTRIES if first == vin[0] and low <= place <= high), None)
    region = next((name for characters, name in _REGIONS if vin[0] in characters), None)
    return (_NORTH_AMERICA if country == "United States" else region), country
