"""Sphinx's settings: Markdown by MyST, theme Furo, nothing from elsewhere."""

project = "12345 hotline"
author = "the contributors"
extensions = ["myst_parser"]
html_theme = "furo"
html_title = "12345 hotline"
html_copy_source = False
language = "en"
myst_heading_anchors = 3
myst_enable_extensions = ["deflist", "colon_fence"]
# Documents link to files of the repository that are not pages.
suppress_warnings = ["myst.xref_missing", "myst.header"]
highlight_language = "none"
