"""The demo: weeks of a city in a minute, on the embedded platform and a virtual clock."""
