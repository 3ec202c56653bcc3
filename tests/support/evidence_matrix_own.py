"""The rows of our own."""

from tests.support.evidence_matrix_files import FILES
from tests.support.evidence_matrix_seals import SEALS

OWN = [*FILES, *SEALS]
