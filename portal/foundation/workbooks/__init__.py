"""Reads Excel workbooks as raw cells, without Django: `python -m portal.foundation.workbooks`, under limits of its own."""
