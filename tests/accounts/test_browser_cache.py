"""What a browser keeps of a session goes when the session ends."""

from datetime import UTC, datetime

from tests.conftest import PASSWORD
from tests.factories.appointments import make_appointment
from tests.factories.shop import make_location

SIGN_IN = """async (body) => (await fetch('/api/auth/login', {
  method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify(body)})).status"""
SIGN_OUT = """async () => {
  const csrf = document.cookie.match(/csrf_access_token=([^;]+)/)[1];
  return (await fetch('/api/auth/logout', {method: 'POST', headers: {'X-CSRF-TOKEN': csrf}})).status;
}"""
FETCH = "async (path) => (await fetch(path)).status"
# What the browser has, without asking the server.
KEPT = """async (path) => {
  try {
    const answer = await fetch(path, {cache: 'only-if-cached', mode: 'same-origin'});
    return answer.ok ? (await answer.json()).cards.length : 0;
  } catch { return 0; }
}"""


def test_signing_out_empties_the_browsers_cache(session, as_role, page):
    location = make_location(session)
    make_appointment(session, location, starts_at=datetime.now(UTC))
    user = as_role("Advisor").user
    session.commit()
    board = f"/api/admin/appointments/board?locationId={location.id}"
    page.goto("/")
    assert page.evaluate(SIGN_IN, {"email": user.email, "password": PASSWORD}) == 200
    assert page.evaluate(FETCH, board) == 200
    assert page.evaluate(KEPT, board) == 1

    assert page.evaluate(SIGN_OUT) == 204

    assert page.evaluate(KEPT, board) == 0
