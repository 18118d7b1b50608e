"""Two versions of a text: which article continues which, and what changed inside it. Plain Python, no database."""
