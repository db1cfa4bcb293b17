"""What compares equal, and what a merge keeps."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.customers import rules


@pytest.mark.parametrize(
    ("name", "company", "key"),
    [
        pytest.param("José Núñez", None, "jose nunez", id="marks"),
        pytest.param("O\u2019Brien-Smith", None, "obrien smith", id="apostrophe and hyphen"),
        pytest.param("Łukasz Øst", None, "lukasz ost", id="letters Unicode keeps whole"),
        pytest.param("STRASSE GROß", None, "strasse gross", id="casefold"),
        pytest.param("  Ann   Lee ", "Ann's Cabs, Inc.", "ann lee anns cabs inc", id="company"),
        pytest.param("\uff37\uff29\uff24\uff25", None, "wide", id="full width"),
        pytest.param("Жук 李", None, "жук 李", id="other scripts stay"),
        pytest.param("!!!", None, "", id="punctuation only"),
    ],
)
def test_names_compare_without_case_marks_and_punctuation(name, company, key):
    assert rules.name_key(name, company) == key


@given(st.text())
def test_a_key_is_its_own_key(text):
    assert rules.name_key(rules.name_key(text)) == rules.name_key(text)


@pytest.mark.parametrize(
    ("kept", "offered", "choice", "takes"),
    [
        ("a", "b", None, False),
        (None, "b", None, True),
        (None, None, None, False),
        ("a", "b", "take", True),
        ("a", None, "take", True),
        (None, "b", "keep", False),
    ],
)
def test_a_merge_keeps_fills_or_takes(kept, offered, choice, takes):
    assert rules.takes_field(kept, offered, choice) is takes
