"""Events, envelope, words and topology that the services share."""
