from decimal import Decimal

import pytest

from backend.findings.rules import likeness, say_finding


@pytest.mark.parametrize(
    ("label", "name", "is_like"),
    [
        ("Brake pads, front", "Front brake pads", True),
        ("Brake pads, front", "Rear brake pads", False),
        ("Brake fluid", "Brake fluid flush", True),
        ("Tire tread, front axle", "Four new tires", False),
        ("Battery and terminals", "Battery replacement", True),
        ("Engine air filter", "Cabin air filter", False),
        ("Wipers and washer", "Wiper blades", True),
        ("Belts", "Front brake pads", False),
    ],
)
def test_a_canned_job_is_like_a_point(label, name, is_like):
    assert (likeness(label, name) > 0) is is_like


def test_the_nearer_name_is_liked_more():
    assert likeness("Brake fluid", "Brake fluid flush") > likeness(
        "Brake fluid", "Brake fluid flush and bleed all four"
    )


def test_a_finding_says_its_reading_and_note():
    assert say_finding("Front pads", "Worn to the indicator", Decimal("2.50"), "mm") == (
        "Front pads: 2.5 mm. Worn to the indicator"
    )
    assert say_finding("Tread", None, Decimal("4.00"), "/32 in") == "Tread: 4/32 in"
    assert say_finding("Front pads", None, None, None) == "Front pads"
