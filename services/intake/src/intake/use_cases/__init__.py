"""What can be done at intake, one file per verb."""
