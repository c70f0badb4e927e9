"""One file per verb: load one order, let a rule decide, save."""
