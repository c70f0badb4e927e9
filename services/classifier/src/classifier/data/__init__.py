"""The classifier's rule tables, training texts and starter model, and the reading of them."""
