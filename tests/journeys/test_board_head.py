"""The board's head and its messages have room: nothing that matters is cut, hidden or covered, at any width."""

import pytest
from playwright.sync_api import FloatRect, Locator, expect

from tests.journeys.conftest import TABLET, Enter, Shop
from tests.journeys.pages import BoardPage

COROLLA = "2019 Toyota Corolla, Ana Reyes"
CIVIC = "2021 Honda Civic, Ben Ode"

# What is cut, hangs out of the head, or stands on its neighbor, among the things one reads and presses there.
SQUEEZED = """
() => {
  const head = document.querySelector('h1').closest('header');
  const found = [];
  const canvas = document.createElement('canvas').getContext('2d');
  const room = (field) => {
    const style = getComputedStyle(field);
    canvas.font = style.font;
    return field.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
  };
  for (const input of head.querySelectorAll('input[placeholder]')) {
    if (room(input) < canvas.measureText(input.placeholder).width) found.push(`cut: ${input.placeholder}`);
  }
  for (const list of head.querySelectorAll('select')) {
    const words = list.selectedOptions[0].text;
    if (room(list) < canvas.measureText(words).width) found.push(`cut: ${words}`);
  }
  const box = head.getBoundingClientRect();
  const parts = [...head.querySelectorAll('button, input[type=text], select, [data-figures] li')]
    .filter((part) => part.checkVisibility());
  const edges = parts.map((part) => part.getBoundingClientRect());
  edges.forEach((edge, index) => {
    const name = parts[index].ariaLabel ?? parts[index].textContent;
    if (edge.left < box.left || edge.right > box.right || edge.bottom > box.bottom) found.push(`outside: ${name}`);
    edges.slice(index + 1).forEach((other, later) => {
      const gap = parts[index].matches('[aria-label$=" cards"]') ? 8 : 0;
      const isApart = edge.right + gap <= other.left || other.right <= edge.left || edge.bottom <= other.top || other.bottom <= edge.top;
      if (!isApart) found.push(`touches: ${name}, ${parts[index + 1 + later].ariaLabel ?? parts[index + 1 + later].textContent}`);
    });
  });
  for (const title of document.querySelectorAll('[data-column] header, nav span')) {
    if (title.clientWidth > 1 && title.scrollWidth > title.clientWidth + 1) found.push(`cut: ${title.textContent}`);
  }
  return found;
}
"""


def meet(one: Locator, other: Locator) -> bool:
    """Tell whether two parts of the page lie on each other."""
    a, b = box(one), box(other)
    return (
        a["x"] < b["x"] + b["width"]
        and b["x"] < a["x"] + a["width"]
        and a["y"] < b["y"] + b["height"]
        and b["y"] < a["y"] + a["height"]
    )


def box(part: Locator) -> FloatRect:
    """Return where a part of the page is."""
    found = part.bounding_box()
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("width", "is_menu_wide", "is_touch"),
    [(1440, False, False), (1440, True, False), (1280, False, False), (1024, False, True), (768, False, True)],
)
def test_the_head_is_readable_and_whole_on_every_day(
    shop: Shop, enter: Enter, width: int, is_menu_wide: bool, is_touch: bool
) -> None:
    shop.location.name = "Keytag Auto Brooklyn West"
    for number in range(12):
        shop.job("Ana Reyes", "2019 Toyota Corolla", at=f"{number + 8}:00", total_cents=123_400)
    shop.job(
        "Ben Ode",
        "2021 Honda Civic",
        status="IN_PROGRESS",
        day=-1,
        at="8:00",
        promised_at=shop.at("9:00", -1),
        total_cents=560_000,
    )
    shop.job("Cleo Diaz", "2018 Kia Soul", status="READY", day=-1, at="8:00", total_cents=98_700)
    page = enter("Owner", viewport={"width": width, "height": 900}, has_touch=is_touch)
    board = BoardPage(page)
    if is_menu_wide:
        page.add_init_script("localStorage.setItem('keytag.rail', 'wide')")
    board.open()
    expect(page.get_by_text("1 late")).to_be_visible()
    for figure in ("14 jobs", "2 on premises", "1 late", "$987 to collect"):
        assert not meet(page.get_by_text(figure, exact=True), page.get_by_role("region", name="Status board")), figure
    expect(
        board.column("In progress").get_by_title("Longest in this state").locator("[aria-hidden]").last
    ).to_be_visible()
    for address in ("", "?day=2027-06-01", "?range=week"):
        board.open(address)
        expect(page.locator("[data-figures]")).to_be_visible()
        assert page.evaluate(SQUEEZED) == [], address


def test_a_day_to_come_has_its_own_numbers_and_the_zone_of_its_season(shop: Shop, enter: Enter) -> None:
    shop.job(
        "Ana Reyes",
        "2019 Toyota Corolla",
        status="IN_PROGRESS",
        at="0:01",
        promised_at=shop.at("0:02"),
        total_cents=5_000,
    )
    board = BoardPage(enter("Advisor")).open("?day=2099-07-01")
    head = board.page.get_by_role("banner").or_(board.page.locator("header").filter(has=board.page.locator("h1")))
    expect(head).to_contain_text("Wed, Jul 1, 2099")
    expect(head).to_contain_text("EDT")
    expect(head).to_contain_text("Nothing booked for this day yet")
    expect(head).to_contain_text("1 carried over")
    expect(board.column("In progress")).to_have_accessible_name("In progress 0 jobs")
    expect(board.column("In progress")).to_contain_text("$0")
    expect(board.item(COROLLA)).not_to_contain_text("late")
    board.page.get_by_role("button", name="Today", exact=True).click()
    expect(head).to_contain_text("1 late")


def test_a_message_covers_neither_the_lanes_of_work_nor_the_drawer(shop: Shop, enter: Enter) -> None:
    shop.job("Ana Reyes", "2019 Toyota Corolla")
    shop.job("Ben Ode", "2021 Honda Civic")
    board = BoardPage(enter("Advisor", viewport={"width": 1280, "height": 800})).open()
    board.drag(COROLLA, "In progress")
    board.says(f"{COROLLA} is now In progress")
    for lane in ("Scheduled", "In progress", "Ready"):
        assert not meet(board.messages, board.column(lane)), lane
    drawer = board.open_job(CIVIC)
    expect(board.messages).to_be_visible()
    board.page.wait_for_function("document.getAnimations().every((one) => one.playState === 'finished')")
    assert not meet(board.messages, drawer)


def test_a_message_stands_above_the_menu_of_a_phone(shop: Shop, enter: Enter) -> None:
    shop.job("Ana Reyes", "2019 Toyota Corolla")
    board = BoardPage(enter("Advisor", **{**TABLET, "viewport": {"width": 390, "height": 844}})).open()
    board.move_menu(COROLLA).tap()
    board.dialog_named("Move").get_by_role("button", name="In progress", exact=True).tap()
    board.says(f"{COROLLA} is now In progress")
    assert not meet(board.messages, board.menu)
