"""Intake's rules: plain functions on frozen dataclasses."""
