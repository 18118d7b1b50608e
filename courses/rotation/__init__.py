"""Whose turn it is to host: facts, the turns computed from them, the board and the calendar."""
