"""What a search text may mean."""

import pytest

from backend.search import rules


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        pytest.param("(718) 555-0123", {"phone": "7185550123", "plate": "7185550123", "vin": "7185550123"}, id="phone"),
        pytest.param("0123", {"phone": "0123", "plate": "0123", "vin": "0123", "email": "0123"}, id="four digits"),
        pytest.param("kpx 912", {"plate": "KPX912", "vin": "KPX912", "name": "kpx 912", "similar": "kpx"}, id="plate"),
        pytest.param("rosa@", {"email": "rosa@", "name": "rosa", "plate": "ROSA"}, id="email"),
        pytest.param("Jose Núñez", {"name": "jose nunez", "similar": "jose nunez", "plate": "JOSENUNEZ"}, id="name"),
        pytest.param("12", {"plate": "12"}, id="two digits"),
        pytest.param("%_", {}, id="nothing to go by"),
        pytest.param("\\", {}, id="a backslash"),
    ],
)
def test_a_search_text_is_read_in_every_way_it_can_mean(text, readings):
    terms = rules.search_terms(text)

    found = {name: getattr(terms, name) for name in ("phone", "plate", "vin", "email", "name", "similar")}
    assert {name: value for name, value in found.items() if value is not None} == readings


def test_neighbouring_letters_are_swapped_back():
    assert rules.search_terms("smtih").swapped == ("mstih", "stmih", "smith", "smthi")
    assert rules.search_terms("kim AB1234").swapped == ()
