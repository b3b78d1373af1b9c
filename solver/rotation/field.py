"""Small finite fields, for the designs that are built over them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import product

import numpy as np

from solver.rotation.problem import Ints


@dataclass(frozen=True, eq=False)
class Field:
    """The field with `order` elements 0 .. order - 1; 0 and 1 are its zero and one.

    `add[a, b]` and `times[a, b]`, shape (order, order).
    """

    order: int
    add: Ints
    times: Ints

    @cached_property
    def negative(self) -> Ints:
        """`negative[a]` is the element that adds up to 0 with a."""
        return np.asarray(np.argmin(self.add, axis=1), np.int64)

    @cached_property
    def powers(self) -> tuple[int, ...]:
        """1, x, x^2, ... x^(order - 2) for the least primitive element x: every element but 0."""
        for x in range(1, self.order):
            found = [1]
            while (following := int(self.times[found[-1], x])) != 1:
                found.append(following)
            if len(found) == self.order - 1:
                return tuple(found)
        raise ArithmeticError("every finite field has a primitive element")


def prime_power(order: int) -> tuple[int, int] | None:
    """(p, n) with order = p^n and p prime, or None."""
    if order < 2:
        return None
    p = next(d for d in range(2, order + 1) if order % d == 0)
    n, rest = 0, order
    while rest % p == 0:
        rest //= p
        n += 1
    return (p, n) if rest == 1 else None


@lru_cache(maxsize=64)
def field(order: int) -> Field:
    """The field of a prime power order: polynomials over the integers mod p, modulo one without factors.

    Element a stands for the polynomial whose coefficients are the digits of a in base p. Raises ValueError where
    `order` is no prime power: there is no such field.
    """
    parts = prime_power(order)
    if parts is None:
        raise ValueError(f"{order} is no prime power")
    p, n = parts
    digits = np.array([[a // p**i % p for i in range(n)] for a in range(order)], np.int64)
    worth = p ** np.arange(n, dtype=np.int64)
    add = ((digits[:, None, :] + digits[None, :, :]) % p) @ worth
    for tail in product(range(p), repeat=n):
        # x^n = tail(x): multiply by x again and again, and see whether products of non-zeros stay non-zero.
        times = _times(digits, np.array(tail, np.int64), p, worth)
        if (times[1:, 1:] > 0).all():
            return Field(order, add.astype(np.int64), times)
    raise ArithmeticError("there is an irreducible polynomial of every degree")


def _times(digits: Ints, tail: Ints, p: int, worth: Ints) -> Ints:
    """The table of products where x^n stands for the polynomial `tail`."""
    order, n = digits.shape
    shifted = digits.copy()
    product_digits = np.zeros((order, order, n), np.int64)
    for power in range(n):
        # `shifted[b]` is b times x^power; row a takes it as often as a has x^power.
        product_digits += digits[:, None, power, None] * shifted[None, :, :]
        carry = shifted[:, -1:]
        shifted = (np.concatenate([np.zeros_like(carry), shifted[:, :-1]], axis=1) + carry * tail) % p
    return ((product_digits % p) @ worth).astype(np.int64)
