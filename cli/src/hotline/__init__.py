"""The hotline command: run, try, feed and operate the platform."""
