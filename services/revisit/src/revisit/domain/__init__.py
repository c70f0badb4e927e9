"""Rules of the return visit as plain functions on facts."""
