"""Plates, years and VINs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.core.errors import RuleViolationError
from backend.vehicles import rules

THIS_YEAR = 2026
VIN_TEXT = st.text("ABCDEFGHJKLMNPRSTUVWXYZ0123456789", min_size=17, max_size=17)


@pytest.mark.parametrize(
    ("plate", "key"), [("abc-1234", "ABC1234"), (" 7 kpx 912 ", "7KPX912"), ("---", None), (None, None)]
)
def test_plates_compare_by_letters_and_digits(plate, key):
    assert rules.plate_key(plate) == key


@pytest.mark.parametrize("year", [1886, 2026, 2027])
def test_years_of_vehicles_that_exist_pass(year):
    rules.require_year(year, THIS_YEAR)


@pytest.mark.parametrize("year", [1885, 2028, -1, 10**12])
def test_years_of_no_vehicle_are_refused(year):
    with pytest.raises(RuleViolationError) as refusal:
        rules.require_year(year, THIS_YEAR)

    assert refusal.value.context == {"errors": {"year": ["Use a model year from 1886 to 2027."]}}


# --- VIN ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("vin", "digit"),
    [
        pytest.param("1M8GDM9AXKP042788", "X", id="the worked example of the rule, remainder ten"),
        pytest.param("11111111111111111", "1", id="all ones"),
        pytest.param("1HGCM82633A004352", "3", id="Accord"),
        pytest.param("JHMCM56557C404453", "5", id="made in Japan"),
    ],
)
def test_the_check_digit_is_that_of_49_cfr_565(vin, digit):
    assert rules.check_digit(vin) == digit
    assert rules.decode_vin(vin, THIS_YEAR).errors == ()


@given(VIN_TEXT)
def test_a_vin_given_its_check_digit_is_found_right(vin):
    whole = rules.with_check_digit(vin)

    assert len(whole) == 17
    assert rules.check_digit(whole) == whole[8]
    assert not [error for error in rules.decode_vin(whole, THIS_YEAR).errors if "check digit" in error]


@given(VIN_TEXT, st.integers(0, 16), st.sampled_from("ABCDEFGHJKLMNPRSTUVWXYZ0123456789"))
def test_one_mistyped_character_is_noticed_unless_its_value_is_the_same(vin, place, character):
    whole = rules.with_check_digit(vin)
    mistyped = whole[:place] + character + whole[place + 1 :]
    same_value = rules._VALUES[character] == rules._VALUES[whole[place]]

    noticed = rules.check_digit(mistyped) != mistyped[8]
    if place == 8:
        assert noticed is (character != whole[8])
    elif not same_value:
        assert noticed
    else:
        assert not noticed


@pytest.mark.parametrize(
    ("vin", "year", "make", "country", "region"),
    [
        pytest.param("1HGCM82633A004352", 2003, "Honda", "United States", "North America", id="digit in position 7"),
        pytest.param("5YJ3E1EA7KF000000", 2019, "Tesla", "United States", "North America", id="letter in position 7"),
        pytest.param("2T1BURHE0JC000000", 2018, "Toyota", "Canada", "North America", id="Canada"),
        pytest.param("3VWDP7AJ5DM000000", 2013, "Volkswagen", "Mexico", "North America", id="Mexico"),
        pytest.param("JF2SJADC0EH000000", 2014, "Subaru", "Japan", "Asia", id="Japan"),
        pytest.param("KM8J3CA46HU000000", 2017, "Hyundai", "South Korea", "Asia", id="Korea"),
        pytest.param("WBA3A5C50CF000000", 2012, "BMW", "Germany", "Europe", id="Germany"),
        pytest.param("YV4A22PK0G1000000", 2016, "Volvo", "Sweden", "Europe", id="Sweden"),
        pytest.param("SALWR2VF0FA000000", 2015, "Land Rover", "United Kingdom", "Europe", id="United Kingdom"),
        pytest.param(
            "7SAYGDEE0NF000000", 2022, "Tesla", "United States", "North America", id="7 is the United States too"
        ),
        pytest.param(
            "5XYZU3LB0DG000000", 2013, "Hyundai", "United States", "North America", id="make by a longer code"
        ),
        pytest.param("5XYKT3A60DG000000", 2013, "Kia", "United States", "North America", id="make by the shorter code"),
        pytest.param("1C4RDJDG0FC000000", 2015, "Dodge", "United States", "North America", id="Dodge among Jeeps"),
        pytest.param("1FUJGLDR0CL000000", 2012, "Freightliner", "United States", "North America", id="truck, letter"),
        pytest.param("1XKYD49X0GJ000000", 2016, "Kenworth", "United States", "North America", id="truck, letter 2"),
        pytest.param(
            "1HD1KB415HB000000", 2017, "Harley-Davidson", "United States", "North America", id="motorcycle, digit"
        ),
        pytest.param("9BWAA0BU0AP000000", 2010, "Volkswagen", "Brazil", "South America", id="Brazil"),
        pytest.param("6T1BF3FK0CX000000", 2012, None, "Australia", "Oceania", id="unknown maker"),
    ],
)
def test_year_make_and_country_are_read_offline(vin, year, make, country, region):
    decoded = rules.decode_vin(rules.with_check_digit(vin), THIS_YEAR)

    assert (decoded.year, decoded.make, decoded.country, decoded.region) == (year, make, country, region)


@pytest.mark.parametrize(
    ("position_7", "code", "year"),
    [
        ("5", "A", 1980),
        ("A", "A", 2010),
        ("5", "Y", 2000),
        ("5", "1", 2001),
        ("5", "9", 2009),
        ("B", "V", 2027),
        # Next model year is sold this year; the one after can't exist, so position 7 lies.
        ("B", "W", 1998),
        ("A", "0", None),
        ("A", "U", None),
        ("A", "Z", None),
    ],
)
def test_position_7_tells_the_cycles_of_30_years_apart(position_7, code, year):
    vin = f"1HGCM8{position_7}60{code}A000001"

    assert rules.model_year(vin, THIS_YEAR) == year


def test_a_european_car_without_check_digit_gets_the_latest_year_and_a_soft_error():
    decoded = rules.decode_vin("WAUZZZ8K9BA012345", THIS_YEAR)

    assert (decoded.year, decoded.make, decoded.is_valid) == (2011, "Audi", False)
    (error,) = decoded.errors
    assert error.startswith("Position 9 (the check digit) is 9 but should be 2: one character is mistyped.")
    assert error.endswith(" A car not made for North America may have no check digit.")


@pytest.mark.parametrize(
    ("text", "errors"),
    [
        pytest.param("1HGCM82633A00435", ["A VIN has 17 characters; this has 16."], id="short"),
        pytest.param("", ["A VIN has 17 characters; this has 0."], id="empty"),
        pytest.param("1HGCM82633A0O4352", ["A VIN has no O: look again for 1 and 0."], id="letter O"),
        pytest.param("IHGCM82633A0Q4352", ["A VIN has no I, Q: look again for 1 and 0."], id="I and Q"),
        pytest.param(
            "1HGCM82633A0Ü435",
            ["A VIN has 17 characters; this has 16.", "A VIN has only letters and digits, not Ü."],
            id="strange",
        ),
        pytest.param(
            "1HGCM82633A004353",
            ["Position 9 (the check digit) is 3 but should be 5: one character is mistyped."],
            id="check digit",
        ),
        pytest.param(rules.with_check_digit("1HGCM8260UA004352"), ["Position 10 (U) names no model year."], id="year"),
    ],
)
def test_each_fault_of_a_vin_is_said_in_words(text, errors):
    decoded = rules.decode_vin(text, THIS_YEAR)

    assert list(decoded.errors) == errors
    assert not decoded.is_valid


@given(st.text(max_size=40))
def test_any_text_is_answered(text):
    decoded = rules.decode_vin(text, THIS_YEAR)

    assert decoded.is_valid is (decoded.errors == ())


def test_a_vin_is_kept_tidied():
    assert rules.require_vin(" 1hgcm8-2633a 004352") == "1HGCM82633A004352"


def test_a_foreign_vin_without_check_digit_is_kept():
    assert rules.require_vin("WAUZZZ8K9BA012345") == "WAUZZZ8K9BA012345"


def test_an_american_vin_with_a_wrong_check_digit_is_refused():
    with pytest.raises(rules.InvalidVinError) as refusal:
        rules.require_vin("1HGCM82633A004353")

    assert refusal.value.context["errors"] == {
        "vin": ["Position 9 (the check digit) is 3 but should be 5: one character is mistyped."]
    }


def test_the_maker_table_is_sound():
    assert len(rules.MAKERS) >= 120
    for code in rules.MAKERS:
        assert 3 <= len(code) <= 5
        assert rules.format_errors(code.ljust(17, "0")) == ()
