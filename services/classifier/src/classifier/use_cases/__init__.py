"""What can be asked of the classifier, one verb per file."""
