"""Bounds of what is read, so that a hostile file costs seconds and some hundred megabytes at most."""

MAX_UNPACKED_BYTES = 200 * 1024 * 1024
MAX_PACKAGE_PARTS = 5_000
# Packages in packages: a ZIP of documents has two, one in it three.
MAX_DEPTH = 3
MAX_PDF_PAGES = 3_000
# Marks are shown to a reviewer; more of them decide nothing.
MAX_PASSAGES = 20
PASSAGE_CHARACTERS = 40
# Of the process that reads one file.
MAX_MEMORY_BYTES = 768 * 1024 * 1024
MAX_CPU_SECONDS = 20
MAX_SECONDS = 40
# After so many of either no further page of a PDF is begun: what was found in the first ones is not lost with the process.
MAX_PDF_CPU_SECONDS = 12
MAX_PDF_SECONDS = 25
