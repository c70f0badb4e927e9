"""Watches every legal deadline, urges and supervises."""
