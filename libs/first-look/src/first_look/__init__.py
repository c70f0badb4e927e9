"""Is this text an emergency? One pure function and its table."""

from first_look.folding import fold
from first_look.required import Hints, Sieve, required_pieces
from first_look.suspect import LINE_OF, suspect_lines

__all__ = ["LINE_OF", "Hints", "Sieve", "fold", "required_pieces", "suspect_lines"]
