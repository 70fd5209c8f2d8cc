"""Not knowing the future: one plan for many scenarios of a case.

Orders before a scenario can be told from another are the same in both; what follows is each
scenario's own.
"""
