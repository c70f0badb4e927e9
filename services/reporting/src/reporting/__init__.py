"""Journal of all facts, figures for leaders and the public."""
