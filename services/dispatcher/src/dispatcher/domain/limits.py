"""How often and how long: figures of the handling table, never literals in rules."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """See ``data/handling.toml`` for what each figure means and where it comes from."""

    version: str
    extensions: int
    special_extensions: int
    extension_days: int
    special_extension_days: int
    returns: int
    direct_score: float
    direct_length: int
    submit_lines: int
    stale_days: int
    ending_days: int
    replay_days: int
