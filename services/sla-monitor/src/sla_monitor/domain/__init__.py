"""The rules of time: working calendar, policy table, deadlines, and the ladder above a missed one."""
