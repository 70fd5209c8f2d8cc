"""People's own files, read into a case: what they look like, and what they must give."""
