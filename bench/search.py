"""How long finding a customer takes in a shop with hundreds of thousands of them."""

import time
from statistics import median
from typing import Any
from urllib.parse import quote

import psycopg

from bench.requests import Requests
from bench.traffic import ask, get
from tools.console import Failure

TRIES = 5


def slowest(connection: "psycopg.Connection[Any]", requests: Requests) -> tuple[str, float, int]:
    """Search in every way that people do; return the slowest way, its median ms, and how many customers there are."""
    people: int = connection.execute("SELECT count(*) FROM customers").fetchone()[0]
    name, phone, plate, vin = connection.execute(
        "SELECT c.name, c.phone, v.plate, v.vin FROM customers c JOIN vehicles v ON v.customer_id = c.id ORDER BY c.id DESC LIMIT 1"
    ).fetchone()
    first, last = name.split(" ", 1)
    texts = {
        "whole name": name,
        "first name": first,
        "one letter": last[0],
        "two letters": last[:2],
        "letters swapped": f"{first[1]}{first[0]}{first[2:]} {last}",
        "both names misspelled": f"{first[:-1]}x {last[:2]}{last[3:]}",
        "nobody": "zzyzx qwfpgj",
        "phone": phone,
        "last four digits": phone[-4:],
        "plate": f"{plate[:3]}-{plate[3:]}",
        "part of a plate": plate[2:6],
        "VIN": vin,
        "VIN tail": vin[-6:],
    }
    taken = {way: median(_time(requests, text) for _ in range(TRIES)) for way, text in texts.items()}
    way = max(taken, key=lambda one: taken[one])
    return way, taken[way], people


def _time(requests: Requests, text: str) -> float:
    started = time.perf_counter()
    answer = ask(requests.port, get(f"/api/customers?q={quote(text)}", requests.headers))
    if answer.status != 200:
        raise Failure(f"the search answered {answer.status}: {answer.body[:300]!r}")
    return (time.perf_counter() - started) * 1000
