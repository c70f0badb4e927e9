"""Learnt models of characters: features, weights, files, and the models that are in force."""
