"""Finds marks of classification in files, without Django: `python -m portal.foundation.marked_files`, under limits of its own."""
