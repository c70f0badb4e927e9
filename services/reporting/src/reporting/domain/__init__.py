"""What facts add up to, as plain functions."""
