"""Takes an appeal from any channel, numbers it and protects its caller."""
