"""case.yaml: the settings of a case, declared once like the tables, and how they are read."""
