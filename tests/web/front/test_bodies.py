"""Bodies taken in with limits: size, time, and all of them together."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from geoapp.web.front.bodies import (
    IN_MEMORY_BYTES,
    MOST_WHOLE_BODIES,
    Bodies,
    Body,
    SenderLeftError,
)
from geoapp.web.front.environ import Refused
from tests import loops

MOST_BYTES = 2 * IN_MEMORY_BYTES
LARGE = [b"a" * IN_MEMORY_BYTES, b"b"]


async def coming(chunks: list[bytes], *, then_stalls: bool = False) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk
    if then_stalls:
        await asyncio.Event().wait()


def take_in(
    chunks: list[bytes], declared: int | None = None, *, stalls: bool = False
) -> Body | Refused:
    bodies = Bodies(seconds=0.01 if stalls else 60, most_bytes=MOST_BYTES)
    return loops.run(bodies.take_in(coming(chunks, then_stalls=stalls), declared))


@pytest.mark.parametrize("chunks", [[], [b"one", b"two"], LARGE])
def test_a_whole_body_is_what_was_sent(chunks: list[bytes]) -> None:
    body = take_in(chunks, sum(map(len, chunks)))
    assert isinstance(body, Body)
    assert body.file.read() == b"".join(chunks)
    body.close()


def test_a_sender_that_stalls_is_too_slow() -> None:
    assert take_in([b"a"], 100, stalls=True) is Refused.SLOW
    assert take_in([b"a"], stalls=True) is Refused.SLOW


@pytest.mark.parametrize("declared", [None, 3 * IN_MEMORY_BYTES])
def test_a_body_above_the_limit_is_too_large(declared: int | None) -> None:
    assert take_in([b"a" * IN_MEMORY_BYTES] * 3, declared) is Refused.LARGE


def test_a_body_is_the_sender_s_until_it_is_whole() -> None:
    with pytest.raises(SenderLeftError):
        take_in([b"half"], 8)


def test_a_large_body_waits_in_a_file_that_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    body = take_in(LARGE)
    assert isinstance(body, Body)
    assert body.file.fileno() > 0  # a file, and not memory
    body.close()
    assert not list(tmp_path.iterdir())


def test_all_bodies_together_have_a_limit_and_what_is_closed_counts_no_more() -> None:
    bodies = Bodies(seconds=60, most_bytes=MOST_BYTES)
    whole = [b"a" * IN_MEMORY_BYTES] * 2

    async def take_all() -> None:
        held = [await bodies.take_in(coming(whole), None) for _ in range(MOST_WHOLE_BODIES)]
        assert await bodies.take_in(coming(whole), None) is Refused.NO_ROOM
        first = held[0]
        assert isinstance(first, Body)
        first.close()
        held.append(await bodies.take_in(coming(whole), None))
        for body in held:
            assert isinstance(body, Body)
            body.close()

    loops.run(take_all())
