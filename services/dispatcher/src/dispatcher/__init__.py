"""Carries work orders to the responsible units and back."""
