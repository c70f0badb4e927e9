"""Makes static pages of everything below ``docs/``, for reading without a network."""
