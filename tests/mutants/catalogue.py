"""All seeded bugs, and those of which `make test` kills some in less than a minute."""

from tests.mutants.acting import ACTING
from tests.mutants.acts import ACTS
from tests.mutants.blockers import BLOCKERS
from tests.mutants.books import BOOKS
from tests.mutants.combined import COMBINED
from tests.mutants.connectors import CONNECTORS
from tests.mutants.creating import CREATING
from tests.mutants.deciding import DECIDING
from tests.mutants.found import FOUND
from tests.mutants.guarding import GUARDING
from tests.mutants.kept import KEPT
from tests.mutants.merging import MERGING
from tests.mutants.mutant import Mutant
from tests.mutants.proof import PROOF
from tests.mutants.seeing import SEEING
from tests.mutants.service import SERVICE
from tests.mutants.shapes import SHAPES
from tests.mutants.simulate import SIMULATE
from tests.mutants.telling import TELLING
from tests.mutants.valuing import VALUING
from tests.mutants.workers import WORKERS
from tests.mutants.world import WORLD

__all__ = ["MUTANTS", "QUICK"]

MUTANTS: tuple[Mutant, ...] = (
    *SEEING,
    *MERGING,
    *ACTING,
    *FOUND,
    *BLOCKERS,
    *BOOKS,
    *GUARDING,
    *KEPT,
    *PROOF,
    *SERVICE,
    *SHAPES,
    *SIMULATE,
    *TELLING,
    *VALUING,
    *COMBINED,
    *CONNECTORS,
    *CREATING,
    *DECIDING,
    *WORKERS,
    *WORLD,
    *ACTS,
)
QUICK = (
    "absence-proves",
    "loser-not-kept",
    "no-version-named",
    "rejection-forgotten",
    "representation-is-an-edit",
    "arrival-wins",
    "base-is-golden",
    "deleter-out-of-step",
)
