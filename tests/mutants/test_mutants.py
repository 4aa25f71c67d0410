"""The checks bite: some mutants are killed here, all of them by `make mutants`."""

import ast

import pytest

from tests.mutants.catalogue import MUTANTS, QUICK
from tests.mutants.mutant import SOURCE, Mutant
from tests.mutants.run import try_mutant

BY_ID = {mutant.id: mutant for mutant in MUTANTS}
QUICK_WORLDS = 60


def test_mutants_have_names_of_their_own() -> None:
    assert len(BY_ID) == len(MUTANTS)
    assert set(QUICK) <= set(BY_ID)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.id)
def test_every_mutant_fits_the_source(mutant: Mutant) -> None:
    """A mutant whose text is gone proves nothing: when the source changes, it has to follow."""
    text = (SOURCE / "accord" / mutant.file).read_text(encoding="utf-8")
    assert text.count(mutant.old) == 1, f"{mutant.id} does not fit {mutant.file} any more"
    ast.parse(text.replace(mutant.old, mutant.new))


@pytest.mark.slow
@pytest.mark.parametrize("name", QUICK)
def test_a_seeded_bug_is_noticed(name: str) -> None:
    fate = try_mutant(BY_ID[name], worlds=QUICK_WORLDS)
    assert fate.killed, f"{name} survives {fate.worlds} worlds"
