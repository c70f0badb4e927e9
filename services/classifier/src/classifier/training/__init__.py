"""Training and measuring models; nothing here runs in the service."""
