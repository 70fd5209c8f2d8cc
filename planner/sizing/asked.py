"""What is asked for, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

How = Literal["kernels", "measured", "roofline"]


class NotSized(Exception):
    """A chip or a model for which no row can be made; the message says why and what next."""


@dataclass(frozen=True, slots=True)
class Model:
    """A model: its name in the library (blank where it is none of it), as it was given, and its
    size."""

    name: str
    given: str
    params_b: float
    """All parameters, billions."""
    active_b: float
    """Those that a token uses, billions."""
    bytes_per_param: float
    source: str = ""
    as_of: str = ""

    @property
    def gb(self) -> float:
        """Memory of its weights, GB."""
        return self.params_b * self.bytes_per_param


@dataclass(frozen=True, slots=True)
class Asked:
    """How a model is to be served."""

    model: Model
    isl: int
    """Input tokens of a request."""
    osl: int
    """Output tokens of a request."""
    ttft_ms: float
    """Longest time to the first token."""
    tpot_ms: float
    """Longest time for each further token."""

    @property
    def speed(self) -> float:
        """Least tokens a second of one user."""
        return 1000.0 / self.tpot_ms

    @property
    def words(self) -> str:
        """It in words."""
        return (
            f"{self.isl} in, {self.osl} out, first token in {self.ttft_ms:g} ms, "
            f"{self.tpot_ms:g} ms a token"
        )


@dataclass(frozen=True, slots=True)
class Chip:
    """A chip: its name in the case and in the library, and its figures."""

    name: str
    known: str
    """Name of the library; blank where it is none of it."""
    vendor: str
    hbm_gb: float
    hbm_gb_per_s: float
    peaks: dict[str, float]
    """Peak TFLOP/s by precision (bf16, fp8, fp4), those that it has."""


@dataclass(frozen=True, slots=True)
class Sized:
    """What a chip does for a model: rates per chip, and how many serve a copy together."""

    how: How
    output_tok_per_s: float
    input_tok_per_s: float | None
    """None where the input's work is in the output figure."""
    cached_tok_per_s: float | None
    chips_per_replica: int
    source: str
    as_of: str
    note: str

    def together(self, isl: int, osl: int) -> float:
        """Return the output tokens a second and chip with the input's work included:
        ``osl / (isl / input + osl / output)``."""
        if self.input_tok_per_s is None:
            return self.output_tok_per_s
        return osl / (isl / self.input_tok_per_s + osl / self.output_tok_per_s)
