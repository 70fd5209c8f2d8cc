"""Throughput from a model's name: rows of throughput.csv for the chips of a case, each marked for
what it is.

- ``kernels``: the best configuration that keeps the latency, composed of measured kernels by
  ``aiconfigurator`` (extra ``sizing``), where it knows chip and model;
- ``measured``: results of the library at the speed asked for, over the lengths that were measured;
- ``roofline``: scaled from the chip measured that is most like it, or from the model.

``bands`` says how wrong each was against points that it had not seen.
"""

from planner.sizing.asked import Asked, Model, NotSized, Sized
from planner.sizing.best import size

__all__ = ["Asked", "Model", "NotSized", "Sized", "size"]
