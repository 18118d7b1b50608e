"""Processes that take more than they may, in place of the one that reads workbooks."""
