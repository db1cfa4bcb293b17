"""The list of customers over HTTP."""

import pytest

from tests.factories.customers import CREATED_AT, make_customer


def test_the_list_is_searched_and_paged(session, as_role):
    for name in ("Rosa A", "Rosa B", "John"):
        make_customer(session, name=name)
    advisor = as_role("Advisor")

    everybody = advisor.get("/api/customers?limit=2").get_json()
    rest = advisor.get("/api/customers", query_string={"limit": 2, "cursor": everybody["nextCursor"]}).get_json()
    first = advisor.get("/api/customers?q=rsoa&limit=1").get_json()
    second = advisor.get(
        "/api/customers", query_string={"q": "rsoa", "limit": 1, "cursor": first["nextCursor"]}
    ).get_json()

    assert [item["name"] for item in everybody["items"] + rest["items"]] == ["John", "Rosa A", "Rosa B"]
    assert rest["nextCursor"] is None
    assert "matchedOn" not in everybody["items"][0]
    assert [(item["name"], item["matchedOn"]) for item in first["items"] + second["items"]] == [
        ("Rosa A", "name"),
        ("Rosa B", "name"),
    ]


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("q=%00", id="NUL"),
        pytest.param("q=" + "x" * 101, id="long text"),
        pytest.param("limit=0", id="no limit"),
        pytest.param("limit=1e400", id="infinite limit"),
        pytest.param("limit=99999999999999999999", id="huge limit"),
        pytest.param("cursor=zzz", id="no cursor"),
        pytest.param("cursor=WyIxIl0", id="a cursor of another list"),
        pytest.param(
            "cursor=WyI5OTk5OTk5OTk5OTk5OTk5OTk5OTkiLCJhIiwiMDE5MDAwMDAtMDAwMC03MDAwLTgwMDAtMDAwMDAwMDAwMDAwIl0",
            id="huge",
        ),
        pytest.param(
            "cursor=WyIwIiwiYVx1MDAwMGIiLCIwMTkwMDAwMC0wMDAwLTcwMDAtODAwMC0wMDAwMDAwMDAwMDAiXQ", id="NUL in a cursor"
        ),
        pytest.param("sort=name", id="unknown parameter"),
    ],
)
def test_a_bad_query_is_a_422(as_role, query):
    answer = as_role("Advisor").get(f"/api/customers?{query}")

    assert (answer.status_code, answer.get_json()["code"]) == (422, "invalid_request")
    assert answer.get_json()["errors"]


@pytest.mark.parametrize("query", ["", "q=", "q=%ff%fe", "q=%ed%a0%80", "q=%25%5f%5c", "q=%27%22%3b--", "q=ß", "q=%20"])
def test_an_odd_search_is_answered(session, as_role, query):
    make_customer(session)

    assert as_role("Advisor").get(f"/api/customers?{query}").status_code == 200


def test_nobody_sees_customers_without_signing_in(session, client):
    make_customer(session, created_at=CREATED_AT)

    assert client.get("/api/customers").status_code == 401
