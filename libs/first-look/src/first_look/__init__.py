"""Is this text an emergency? One pure function and its table."""

from first_look.folding import fold
from first_look.required import required_characters
from first_look.suspect import LINE_OF, suspect_lines

__all__ = ["LINE_OF", "fold", "required_characters", "suspect_lines"]
