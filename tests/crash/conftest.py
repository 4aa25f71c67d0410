"""A business of three systems, and people at work in it."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from tests.crash.people import People
from tests.crash.systems import Business


@pytest.fixture
def people(tmp_path: Path) -> Iterator[People]:
    """People who have entered some records, and whose systems are in step."""
    with Business(tmp_path) as business:
        made = People(business=business, random=Random(1))
        for _ in range(8):
            made.enter()
        yield made
