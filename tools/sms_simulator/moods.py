"""How the provider behaves just now."""

import random
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any


class Answer(StrEnum):
    """What becomes of a request to send a text."""

    OK = "ok"
    TOO_MANY = "429"
    ERROR = "500"
    UNAVAILABLE = "503"
    HANG = "hang"
    RESET = "reset"
    RESET_AFTER_ACCEPT = "reset_after_accept"
    LOSE_RESPONSE = "lose_response"
    SLOW = "slow"
    INVALID_JSON = "invalid_json"
    REFUSE = "refuse"


# The text was taken in, whatever the caller gets to hear of it.
ACCEPTING = frozenset(
    {Answer.OK, Answer.RESET_AFTER_ACCEPT, Answer.LOSE_RESPONSE, Answer.SLOW, Answer.INVALID_JSON, Answer.HANG}
)


class Outcome(StrEnum):
    """How an accepted text ends; a silent one is sent and no receipt follows."""

    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    SILENT = "silent"


@dataclass(slots=True)
class Mood:
    """The provider's behavior. `share` (0 to 1) of the requests get `answer`, at most `times` of them; the others are fine.

    `seconds` is how long a hanging or slow answer takes and `retry_after` what a 429 asks for. Callbacks come `pause`
    seconds apart, each `repeat` times, shuffled or not; `lost` (0 to 1) of them never come.
    """

    answer: Answer = Answer.OK
    share: float = 1.0
    times: int | None = None
    seconds: float = 30.0
    retry_after: int = 1
    error_code: int = 30003
    outcome: Outcome = Outcome.DELIVERED
    pause: float = 0.4
    repeat: int = 1
    is_shuffled: bool = False
    lost: float = 0.0
    # The provider answers STOP, START and HELP itself and blocks who said STOP, as Twilio does unless told otherwise.
    answers_keywords: bool = False


class Moods:
    """The present mood and the dice that it throws; the same seed throws the same."""

    def __init__(self, *, answers_keywords: bool = False) -> None:
        """Begin in a good mood."""
        self._answers_keywords = answers_keywords
        self.now = Mood(answers_keywords=answers_keywords)
        self._dice = random.Random(1)  # noqa: S311  no secret

    def change(self, wishes: dict[str, Any]) -> Mood:
        """Change what is named, by wire name; `seed` starts the dice anew.

        Raises:
            ValueError: an unknown name, or a value that it can't have.
        """
        values = dict(wishes)
        seed = values.pop("seed", None)
        if seed is not None:
            self._dice = random.Random(seed)  # noqa: S311  no secret
        names = {_wire(field.name): field.name for field in fields(Mood)}
        changed = Mood(**{name: getattr(self.now, name) for name in names.values()})
        for wire, value in values.items():
            if wire not in names:
                raise ValueError(f"there is no {wire}")
            setattr(changed, names[wire], _read(names[wire], value))
        self.now = changed
        return changed

    def forget(self) -> None:
        """Go back to the mood of the start."""
        self.now = Mood(answers_keywords=self._answers_keywords)
        self._dice = random.Random(1)  # noqa: S311  no secret

    def answer(self) -> Answer:
        """Choose the answer to one request."""
        mood = self.now
        if mood.answer is Answer.OK or mood.times == 0 or self._dice.random() >= mood.share:
            return Answer.OK
        if mood.times is not None:
            mood.times -= 1
        return mood.answer

    def is_lost(self) -> bool:
        """Choose whether one callback is lost."""
        return self._dice.random() < self.now.lost

    def shuffled(self, statuses: list[str]) -> list[str]:
        """Return the callbacks of one text in the order, and as often, as they will come."""
        repeated = [status for status in statuses for _ in range(self.now.repeat)]
        if self.now.is_shuffled:
            self._dice.shuffle(repeated)
        return repeated


def shown(mood: Mood) -> dict[str, Any]:
    """Return a mood by wire name."""
    return {_wire(field.name): getattr(mood, field.name) for field in fields(Mood)}


def _read(name: str, value: Any) -> Any:
    match name:
        case "answer":
            return Answer(str(value))
        case "outcome":
            return Outcome(value)
        case "times":
            return None if value is None else max(0, int(value))
        case "retry_after" | "error_code" | "repeat":
            return max(0, int(value))
        case "is_shuffled" | "answers_keywords":
            return bool(value)
        case _:
            return max(0.0, float(value))


def _wire(name: str) -> str:
    head, *tail = name.split("_")
    return head + "".join(part.capitalize() for part in tail)
