"""The roll: the next period's case, from a plan that was approved and what then happened.

What a plan has done by a period (chips bought, contracts signed, training finished, budgets used)
becomes what the next case holds at its start.  Where nothing happened otherwise than planned, the
cost of the passed periods and the discounted optimum of the rolled case are the plan's cost.
"""
