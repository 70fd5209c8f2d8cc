"""Where many solves are done: here, in processes of our own, or on a cluster.

A :class:`~planner.machines.job.Job` says what all questions share and how one is answered; an
:class:`~planner.machines.executor.Executor` answers them somewhere.  No answer depends on where.
"""
