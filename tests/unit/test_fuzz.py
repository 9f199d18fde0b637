"""A few examples of every attack in `tests.fuzz`; ``python -m tests.fuzz`` tries thousands."""

import pytest

from tests import fuzz


@pytest.mark.parametrize("name", fuzz.TARGETS)
def test_hostile_input_is_read_or_refused_in_a_sentence(name: str) -> None:
    assert fuzz.attack(name, 12) >= 12
