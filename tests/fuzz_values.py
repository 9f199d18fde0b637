"""Strategies for what an attacker would send: any JSON, and sound documents made unsound."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import strategies as st

Draw = Any
HUGE = 10**400
NAMES = ["../../etc/passwd", "/etc/passwd", "..", ".", "", "a/b", "a\0b", "C:\\x", "x" * 5000]
EVIL = [*NAMES, "<img src=x onerror=alert(1)>", "{0.__class__}", "%s", "\ud800", "__proto__"]
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from([*EVIL, HUGE, -HUGE, 2**63, -1, 1e308, 5e-324])
)
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=8) | st.sampled_from(EVIL), inner, max_size=4)
    ),
    max_leaves=10,
)
DEEP = ["[" * 200_000, '{"a":' * 100_000, "1" * 5000, '{"format":1,"steps":' + "[" * 100_000]


def document(draw: Draw, sound: Any) -> bytes:
    """Draw the bytes of a file: JSON near to a sound one, its bytes damaged, or anything."""
    match draw(st.sampled_from(["near", "near", "near", "damaged", "any", "deep", "bytes"])):
        case "near":
            return encoded(near(draw, sound))
        case "damaged":
            return damaged(draw, encoded(sound))
        case "any":
            return encoded(draw(JSON))
        case "deep":
            return draw(st.sampled_from(DEEP)).encode()
        case _:
            return draw(st.binary(max_size=60))


def near(draw: Draw, sound: Any) -> Any:
    """Draw a copy of a JSON value in which one or two places hold something else."""
    value = copy.deepcopy(sound)
    for _ in range(draw(st.integers(1, 2))):
        places = list(_places(value))
        if not places:
            return draw(JSON)
        holder, key = draw(st.sampled_from(places))
        if isinstance(holder, dict) and draw(st.booleans()) and draw(st.booleans()):
            del holder[key]
        else:
            holder[key] = draw(JSON)
    return value


def damaged(draw: Draw, sound: bytes) -> bytes:
    """Draw bytes with a piece replaced, lost or put in."""
    at = draw(st.integers(0, len(sound)))
    lost = draw(st.sampled_from([0, 1, 2, 8, 64, len(sound)]))
    return sound[:at] + draw(st.binary(max_size=12)) + sound[at + lost :]


def encoded(value: Any) -> bytes:
    """Write JSON as an attacker may: lone surrogates, NaN and huge numbers included."""
    with_huge = json.dumps(value, ensure_ascii=False)
    return with_huge.encode("utf-8", "surrogatepass")


def _places(value: Any) -> Any:
    items: Any = ()
    if isinstance(value, dict):
        items = value.items()
    elif isinstance(value, list):
        items = enumerate(value)
    for key, inner in list(items):
        yield value, key
        yield from _places(inner)
