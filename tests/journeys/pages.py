"""The screens as people know them: by the roles and names of what stands on them."""

import re
import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, Page, expect

# How soon another screen has to follow, in milliseconds.
FOLLOWS_MS = 2_000
WAIT_SECONDS = 10.0
# Between two looks: who looks all the time takes from the page the processor that it needs to get there.
LOOK_AGAIN_SECONDS = 0.03

# Keeps what a screen reader would have been told, sentence by sentence.
LISTEN = """
window.heard = [];
document.addEventListener('DOMContentLoaded', () => {
  new MutationObserver((changes) => {
    for (const change of changes) {
      const node = change.target instanceof Element ? change.target : change.target.parentElement;
      const region = node?.closest('[aria-live]');
      if (region && region.textContent) window.heard.push(region.textContent);
    }
  }).observe(document.documentElement, {subtree: true, childList: true, characterData: true});
});
"""


def eventually(read: Callable[[], Any], is_right: Callable[[Any], bool], seconds: float = WAIT_SECONDS) -> Any:
    """Read again and again until the value is right, and return it; fail with the last one."""
    deadline = time.monotonic() + seconds
    while True:
        value = read()
        if is_right(value):
            return value
        assert time.monotonic() < deadline, f"still {value!r}"
        time.sleep(LOOK_AGAIN_SECONDS)


def starting(words: str) -> re.Pattern[str]:
    """Match a name that begins with these words."""
    return re.compile(f"^{re.escape(words)}")


class Screen:
    """What every signed-in page has."""

    def __init__(self, page: Page) -> None:
        """Look at a browser window."""
        self.page = page

    @property
    def menu(self) -> Locator:
        """The main menu."""
        return self.page.get_by_role("navigation", name="Main")

    @property
    def pages(self) -> list[str]:
        """The names in the main menu."""
        expect(self.menu).to_be_visible()
        return [name.strip() for name in self.menu.get_by_role("listitem").all_inner_texts()]

    @property
    def dialog(self) -> Locator:
        """The topmost dialog, drawer or sheet."""
        return self.page.get_by_role("dialog").last

    def dialog_named(self, name: str) -> Locator:
        """A dialog, drawer or sheet by the beginning of its title."""
        return self.page.get_by_role("dialog", name=starting(name))

    def heard(self) -> list[str]:
        """Return every sentence that was announced so far."""
        sentences: list[str] = self.page.evaluate("() => window.heard")
        return sentences

    def hears(self, words: str) -> None:
        """Wait until a sentence with these words has been announced."""
        eventually(self.heard, lambda sentences: any(words in sentence for sentence in sentences))

    def says(self, words: str) -> None:
        """Wait until a message at the edge of the page says this."""
        expect(self.messages.filter(has_text=words)).to_be_visible()

    @property
    def messages(self) -> Locator:
        """The passing messages."""
        return self.page.get_by_role("listitem").filter(has=self.page.get_by_role("button", name="Dismiss"))

    def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        """Type letters into whatever has the focus."""
        self.page.keyboard.type(text)


class BoardPage(Screen):
    """The status board."""

    def open(self, query: str = "") -> "BoardPage":
        """Go to the board and wait for its cards."""
        self.page.goto(f"/board{query}")
        expect(self.page.get_by_role("region", name="Status board")).to_be_visible()
        return self

    def column(self, title: str) -> Locator:
        """A lane by its state's name."""
        return self.page.get_by_role("region", name=starting(title))

    def card(self, words: str) -> Locator:
        """A card's link, by the car or the customer."""
        return self.page.get_by_role("link", name=re.compile(f"{re.escape(words)}.*, job "))

    def cards(self, title: str) -> list[str]:
        """Return the names of a lane's cards from top to bottom."""
        links = self.column(title).get_by_role("link")
        names: list[str] = links.evaluate_all("links => links.map((link) => link.ariaLabel ?? '')")
        return [name.rpartition(", job ")[0] for name in names]

    def shows(self, title: str, *names: str, timeout: float = WAIT_SECONDS * 1000) -> None:
        """Wait until a lane has exactly these cards in this order."""
        eventually(lambda: self.cards(title), lambda cards: cards == list(names), timeout / 1000)

    def item(self, words: str) -> Locator:
        """Everything that stands on a card."""
        return self.page.get_by_role("listitem").filter(has=self.card(words))

    def move_menu(self, words: str) -> Locator:
        """The card's own *Move to…* button."""
        return self.page.get_by_role("button", name=re.compile(f"^Move .*{re.escape(words)}.* to…$"))

    def drag(self, words: str, title: str) -> None:
        """Drag a card by mouse onto a lane's lower end."""
        target = self.column(title)
        box = target.bounding_box()
        assert box is not None
        self.item(words).drag_to(target, target_position={"x": box["width"] / 2, "y": box["height"] - 20})

    def drag_above(self, words: str, other: str) -> None:
        """Drag a card by mouse onto the upper edge of another one."""
        box = self.item(other).bounding_box()
        assert box is not None
        self.item(words).drag_to(self.item(other), target_position={"x": box["width"] / 2, "y": 4})

    def start_new(self) -> Locator:
        """Open the form for a new job by its key and return it."""
        self.press("c")
        form = self.dialog_named("New appointment")
        expect(form.get_by_role("combobox", name="Customer, phone or plate")).to_be_focused()
        return form

    def open_job(self, words: str) -> Locator:
        """Open a card's drawer by Enter and return it when the job has come."""
        self.card(words).press("Enter")
        return self.drawer()

    def drawer(self) -> Locator:
        """The open drawer, when its job has come."""
        drawer = self.page.get_by_role("dialog").filter(has=self.page.get_by_role("tablist", name="Parts of the job"))
        expect(drawer.get_by_role("tabpanel")).to_be_visible()
        return drawer


class CustomersPage(Screen):
    """The customers, and the one that is open."""

    def open(self, address: str = "/customers") -> "CustomersPage":
        """Go to the list and wait for its rows."""
        self.page.goto(address)
        expect(self.page.get_by_role("list", name="Customers found")).to_be_visible()
        return self

    @property
    def search(self) -> Locator:
        """The search field."""
        return self.page.get_by_role("textbox", name="Find a customer")

    def names(self) -> list[str]:
        """Return the first words of each row, from top to bottom."""
        rows = self.page.get_by_role("list", name="Customers found").get_by_role("link")
        return [row.splitlines()[0].strip() for row in rows.all_inner_texts()]

    def row(self, name: str) -> Locator:
        """A customer's row."""
        return self.page.get_by_role("list", name="Customers found").get_by_role("link", name=starting(name))

    def customer(self, name: str) -> None:
        """Wait until this customer's page is open."""
        expect(self.page.get_by_role("heading", level=1, name=name)).to_be_visible()


class PeoplePage(Screen):
    """The people of the shop, for Owners."""

    def open(self) -> "PeoplePage":
        """Go to the list and wait for its rows."""
        self.page.goto("/users")
        expect(self.page.get_by_role("table")).to_be_visible()
        return self

    def row(self, name: str) -> Locator:
        """A person's row."""
        return self.page.get_by_role("row").filter(has=self.page.get_by_role("rowheader", name=re.compile(name)))


class CalendarPage(Screen):
    """The calendar."""

    def open(self, view: str = "day") -> "CalendarPage":
        """Go to a view of today and wait for its grid."""
        self.page.goto(f"/calendar?view={view}")
        self.settles()
        return self

    @property
    def grid(self) -> Locator:
        """The grid of appointments."""
        return self.page.get_by_role("grid")

    def settles(self) -> None:
        """Wait until the grid has what it is to show."""
        expect(self.grid).to_have_attribute("aria-busy", "false")

    def event(self, words: str) -> Locator:
        """An appointment, by the car, the customer and as much of the time as is given."""
        return self.grid.get_by_role("button", name=starting(words))

    def drag(self, words: str, *, right: float = 0, down: float = 0, release: bool = True) -> None:
        """Drag an appointment by mouse over so many pixels; hold it there if it shall not be released."""
        block = self.event(words)
        block.scroll_into_view_if_needed()
        box = block.bounding_box()
        assert box is not None
        x, y = box["x"] + 20, box["y"] + 10
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move(x + right / 2, y + down / 2, steps=4)
        self.page.mouse.move(x + right, y + down, steps=4)
        if release:
            self.page.mouse.up()

    def height(self, words: str) -> float:
        """Return how many pixels high an appointment is drawn."""
        box = self.event(words).bounding_box()
        assert box is not None
        return box["height"]


class TextingPage(Screen):
    """A thread with its composer, wherever it stands: in the drawer or in the inbox."""

    @property
    def composer(self) -> Locator:
        """Where a text is written."""
        return self.page.get_by_role("form", name="Write to the customer")

    @property
    def field(self) -> Locator:
        """The composer's text."""
        return self.composer.get_by_role("textbox", name="Message")

    @property
    def verdict(self) -> Locator:
        """What stands beside the Send button."""
        return self.composer.get_by_role("status")

    def bubble(self, words: str) -> Locator:
        """A text of the thread, with its state and what can be done about it."""
        return self.page.get_by_role("region", name="Conversation").get_by_role("listitem").filter(has_text=words)

    @property
    def question(self) -> Locator:
        """The card of a reply that a person must read."""
        return self.page.get_by_role("region", name="What did they mean?")

    def say(self, words: str) -> None:
        """Write and send by the keyboard."""
        self.field.fill(words)
        self.field.press("Control+Enter")
        expect(self.field).to_have_value("")


class InboxPage(TextingPage):
    """The shared inbox."""

    def open(self, view: str = "") -> "InboxPage":
        """Go to a view and wait for it."""
        self.page.goto(f"/inbox{view}")
        expect(self.page.get_by_role("heading", name="Inbox")).to_be_visible()
        return self

    @property
    def conversations(self) -> Locator:
        """The rows of the list."""
        return self.page.get_by_role("list", name="Conversations").get_by_role("link")

    def row(self, name: str) -> Locator:
        """A conversation's row."""
        return self.conversations.filter(has_text=name)

    def unread(self, count: int) -> None:
        """Wait until the main menu counts so many unread texts."""
        link = self.menu.get_by_role("link", name=starting("Inbox"))
        words = {0: "Inbox", 1: "Inbox 1 unread text"}.get(count, f"Inbox {count} unread texts")
        expect(link).to_have_accessible_name(words, timeout=5_000)
