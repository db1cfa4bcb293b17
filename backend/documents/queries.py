"""Papers as PDF: typst sets them from templates, the data is handed over as JSON and is never markup."""

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import orjson
import typst

from backend.documents.rules import Brand, PaperKind, PaperSize, printable, readable_color

_HERE = Path(__file__).parent
_TEMPLATES = _HERE / "templates"
_SHEETS = {PaperSize.LETTER: "us-letter", PaperSize.A4: "a4"}


def render(kind: PaperKind, content: Mapping[str, Any], paper: PaperSize, brand: Brand) -> bytes:
    """Set a paper and return its PDF: tagged, fonts inside, text selectable."""
    return _compile(kind, content, paper, brand, "pdf")


def picture(kind: PaperKind, content: Mapping[str, Any], paper: PaperSize, brand: Brand) -> list[bytes]:
    """Return a PNG of each page, for people who check how papers look."""
    pages = _compile(kind, content, paper, brand, "png")
    return pages if isinstance(pages, list) else [pages]


def _compile(
    kind: PaperKind, content: Mapping[str, Any], paper: PaperSize, brand: Brand, form: Literal["pdf", "png"]
) -> Any:
    data = {
        **content,
        "sheet": _SHEETS[paper],
        "brand": {"name": brand.name, "color": readable_color(brand.color)},
    }
    return typst.compile(
        str(_TEMPLATES / f"{kind}.typ"),
        root=str(_TEMPLATES),
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"data": orjson.dumps(printable(data)).decode()},
        format=form,
    )


@functools.cache
def _fonts() -> typst.Fonts:
    """Read the fonts once; those of the machine stay out, so that a paper looks the same everywhere."""
    return typst.Fonts(include_system_fonts=False, font_paths=[str(_HERE / "fonts")])
