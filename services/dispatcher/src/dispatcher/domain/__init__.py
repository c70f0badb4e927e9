"""The rules of dispatch and handling as plain code: no I/O, no clock, no chance."""
