import gzip

import brotli
import pytest
import zstandard
from flask import Flask

from backend.core.encoding import Encoded, EncodedCache

RAW = b'{"cards":[' + b'{"status":"READY"},' * 500 + b"null]}"
DECODERS = {
    "zstd": lambda body: zstandard.ZstdDecompressor().decompress(body),
    "br": brotli.decompress,
    "gzip": gzip.decompress,
    None: bytes,
}


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip, br", "br"),
        ("gzip", "gzip"),
        ("zstd;q=0, gzip;q=0.5", "gzip"),
        ("identity", None),
        ("", None),
    ],
)
def test_a_body_travels_in_the_best_encoding_that_is_accepted(accepted, expected):
    encoded = Encoded("tag", RAW)
    for _ in range(2):
        with Flask("test").test_request_context(headers={"Accept-Encoding": accepted}):
            response = encoded.response()
        assert response.headers.get("Content-Encoding") == expected
        assert DECODERS[expected](response.get_data()) == RAW
        assert response.headers["Vary"] == "Accept-Encoding"
        assert response.headers["ETag"] == 'W/"tag"'


def test_small_bodies_are_not_compressed():
    with Flask("test").test_request_context(headers={"Accept-Encoding": "zstd"}):
        response = Encoded("tag", b"{}").response()
    assert "Content-Encoding" not in response.headers


def test_the_cache_serves_only_the_current_state_and_forgets_the_least_used():
    cache = EncodedCache(2)
    first, second, third = (Encoded(name, RAW) for name in ("first", "second", "third"))
    cache.put("a", first)
    cache.put("b", second)
    assert cache.get("a", "first") is first
    assert cache.get("a", "another state") is None
    cache.put("c", third)
    assert cache.get("b", "second") is None
    assert cache.get("a", "first") is first
