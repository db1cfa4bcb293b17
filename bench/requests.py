"""The requests of one measured shop, as bytes: its board, drawers and moves, ours and the ORM's."""

from collections.abc import Callable, Sequence
from typing import Any

import orjson
import zstandard

from bench.env import ADVISOR, Server
from bench.load import Shop
from bench.traffic import PROCESSES, Cycle, Once, Script, ask, get, send, spread
from tools.console import Failure

CONNECTIONS = 8


class Requests:
    """What a signed-in advisor of a shop asks a server."""

    def __init__(self, server: Server, shop: Shop) -> None:
        """Sign in and read today's board."""
        self.server = server
        self.shop = shop
        self.port = server.port
        self._sign_in = server.sign_in(ADVISOR)
        self.headers = self._sign_in.headers()
        self.unsafe_headers = self._sign_in.headers(unsafe=True)
        board = self.read_board()
        self.cards: list[dict[str, Any]] = board["cards"]
        self.ids = [card["id"] for card in self.cards]
        # These may go there and back between two columns for ever.
        self.movable = [card["id"] for card in self.cards if card["status"] in ("IN_PROGRESS", "READY")]

    @property
    def cookies(self) -> dict[str, str]:
        """The cookies of the sign-in, for a browser."""
        return self._sign_in.cookies

    def read_board(self) -> dict[str, Any]:
        """Return today's board."""
        answer = ask(self.port, self.board())
        if answer.status != 200:
            raise Failure(f"the board answered {answer.status}: {answer.body[:300]!r}")
        board: dict[str, Any] = orjson.loads(zstandard.ZstdDecompressor().decompressobj().decompress(answer.body))
        return board

    def board(self, day: Any = None, *, prefix: str = "/api/admin/appointments", headers: str = "") -> bytes:
        """Ask for a day's board, today's by default."""
        day = day or self.shop.today
        return get(f"{prefix}/board?from={day}&to={day}", self.headers + headers)

    def drawer(self, identifier: str, prefix: str = "/api/appointments") -> bytes:
        """Ask for a drawer."""
        return get(f"{prefix}/{identifier}", self.headers)

    def move(self, identifier: str, status: str, place: dict[str, Any]) -> bytes:
        """Move a card."""
        return send(
            "PATCH", f"/api/admin/appointments/{identifier}/move", {"status": status, **place}, self.unsafe_headers
        )

    def orm_move(self, identifier: str, status: str, place: dict[str, Any]) -> bytes:
        """Move a card the ORM's way."""
        return send("PATCH", f"/__orm/move/{identifier}", {"status": status, **place}, self.unsafe_headers)

    def constant(self, request: bytes, path: str = "/api/__const") -> Sequence[Script]:
        """Ask for constant bytes, as many as `request` is answered with."""
        size = len(ask(self.port, request).body)
        return spread([self.constant_request(size, path)], CONNECTIONS)

    def constant_request(self, size: int, path: str = "/api/__const") -> bytes:
        """Ask for `size` constant bytes."""
        return get(f"{path}/{size}", self.headers)

    # --- endless scripts, for costs ---------------------------------------------------------------

    def warm_boards(self) -> Sequence[Script]:
        """Poll today's board."""
        return spread([self.board()], CONNECTIONS)

    def unchanged_boards(self) -> Sequence[Script]:
        """Poll today's board by a screen that has it already."""
        etag = next(
            line.split(b":", 1)[1].strip().decode()
            for line in ask(self.port, self.board()).head.split(b"\r\n")
            if line.lower().startswith(b"etag:")
        )
        return spread([self.board(headers=f"If-None-Match: {etag}\r\n")], CONNECTIONS)

    def fresh_boards(self, prefix: str = "/__fresh/api/admin/appointments") -> Sequence[Script]:
        """Read the boards of the last days from PostgreSQL."""
        return spread([self.board(day, prefix=prefix) for day in self.shop.past_days], CONNECTIONS)

    def drawers(self, prefix: str = "/api/appointments") -> Sequence[Script]:
        """Open the drawers of today's cards."""
        return spread([self.drawer(identifier, prefix) for identifier in self.ids], CONNECTIONS)

    def moves(self, make: Callable[[str, str, dict[str, Any]], bytes] | None = None) -> Sequence[Script]:
        """Move cards between two columns and within them, each connection its own cards."""
        hands = self._moves(make or self.move)
        return [Cycle(hands[at::PROCESSES]) for at in range(PROCESSES)]

    def stats(self, prefix: str = "/api/admin/dashboard") -> bytes:
        """Ask for today's numbers."""
        return get(f"{prefix}/stats", self.headers)

    def warm_stats(self) -> Sequence[Script]:
        """Ask for today's numbers, which are in Redis."""
        return spread([self.stats()], CONNECTIONS)

    def fresh_stats(self) -> Sequence[Script]:
        """Have today's numbers computed each time."""
        return spread([self.stats("/__cold/api/admin/dashboard")], CONNECTIONS)

    # --- scripts that end, for counts -------------------------------------------------------------

    def moves_once(self) -> Sequence[Script]:
        """Move every movable card there and back."""
        hands = self._moves(self.move)
        return [Once(hands[at::PROCESSES]) for at in range(PROCESSES)]

    def polls_once(self) -> Sequence[Script]:
        """Wake every database connection of the server."""
        hands = [[self.board()] * 30 for _ in range(2 * CONNECTIONS)]
        return [Once(hands[at::PROCESSES]) for at in range(PROCESSES)]

    def _moves(self, make: Callable[[str, str, dict[str, Any]], bytes]) -> list[list[bytes]]:
        hands: list[list[bytes]] = []
        for at in range(CONNECTIONS):
            own = self.movable[at::CONNECTIONS]
            hands.append(
                [
                    make(identifier, status, self._place(index + turn, identifier))
                    for turn, status in enumerate(("READY", "IN_PROGRESS"))
                    for index, identifier in enumerate(own)
                ]
            )
        return hands

    def _place(self, number: int, identifier: str) -> dict[str, Any]:
        """Name a place for a card in one of the two ways; all over the column."""
        if number % 2:
            return {"position": 1 + number * 7 % 50}
        others = [one for one in self.movable if one != identifier]
        return {"afterId": others[number * 11 % len(others)]}
