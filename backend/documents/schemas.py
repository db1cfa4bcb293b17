"""What can be asked of papers."""

from marshmallow import fields, validate

from backend.core.fields import Schema
from backend.documents.rules import PaperSize

SHEETS = validate.OneOf([size.value for size in PaperSize])


class PaperQuery(Schema):
    """On which sheet; without it on the one that the location prints on."""

    paper = fields.String(load_default=None, validate=SHEETS)


class VersionedPaperQuery(PaperQuery):
    """Also of which version; without it the one in force, or a draft."""

    version = fields.Integer(load_default=None, validate=validate.Range(min=1, max=2**31 - 1))
