"""The shell of every server-rendered page: layout, words in two languages, login, assets."""
