"""The table of mutants. Add yours to the file of its module; `docs/simulation.md` describes the steps."""

from simulation.mutants import Mutant
from simulation.wrong_decisions.attempts import ATTEMPTS
from simulation.wrong_decisions.batches import BATCHES
from simulation.wrong_decisions.fields import FIELDS
from simulation.wrong_decisions.places import PLACES
from simulation.wrong_decisions.sweeper import SWEEPER
from simulation.wrong_decisions.transitions import TRANSITIONS

MUTANTS: tuple[Mutant, ...] = (*FIELDS, *TRANSITIONS, *SWEEPER, *BATCHES, *PLACES, *ATTEMPTS)
