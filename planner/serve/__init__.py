"""The page to work on: a run's case moved and solved again while one looks at it, saved, compared,
approved; tables edited and workbooks dropped.  Served to this machine alone."""
