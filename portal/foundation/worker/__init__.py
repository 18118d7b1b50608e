"""Work beside the web process: duties and the processes that do them, the clock and its jobs."""
