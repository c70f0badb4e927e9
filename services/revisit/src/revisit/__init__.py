"""Calls the citizen back and closes the appeal or orders a redo."""
