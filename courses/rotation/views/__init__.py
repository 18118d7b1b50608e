"""Pages of the rotation: the board, the acts that change turns, the calendar."""
