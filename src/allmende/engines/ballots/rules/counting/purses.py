"""The inner count of Equal Shares: everybody has an equal purse; round by round the option that is cheapest per unit of
use is bought by those who want it, who pay evenly as long as they can.

Voters with equal ballots are one group. Purses are floats with a bound of their error beside them. Whatever lies nearer
to a tie than the bound allows (`NEAR`) is decided on exact purses, kept as whole numbers over one common denominator
and brought up to date only when needed; afterwards the floats start again from there. So the outcome is that of exact
arithmetic, and most rounds cost a few passes over an array.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from fractions import Fraction
from math import gcd
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    type Floats = npt.NDArray[np.float64]
    type Places = npt.NDArray[np.int64]

NEAR = 1e-9
"""Relative distance under which floats do not decide."""
ROUNDING = 64 * float(np.finfo(np.float64).eps)
"""Bound of the relative error of a sum (pairwise, up to 2^64 terms) and the few operations around it."""


@dataclass(frozen=True)
class Item:
    """An option with the groups behind it. `use` is what it is worth: one number for all of them, or one each."""

    place: int
    cost: int
    groups: Places
    weight: Floats | None  # people per group; None: one each
    use: int | npt.NDArray[np.int64]
    people: int
    total_use: int  # over all people
    use_f: float | Floats = field(init=False)

    def __post_init__(self) -> None:
        """Floats of the use, once."""
        object.__setattr__(self, "use_f", float(self.use) if isinstance(self.use, int) else self.use.astype(np.float64))

    def whole(self, mask: npt.NDArray[np.bool_]) -> int:
        """People times use of the masked groups, exactly."""
        weights = self.weight[mask].astype(np.int64) if self.weight is not None else None
        if isinstance(self.use, int):
            return self.use * int(mask.sum() if weights is None else weights.sum())
        used = self.use[mask]
        return int(used.sum() if weights is None else sum(int(u) * int(w) for u, w in zip(used, weights, strict=True)))


@dataclass(frozen=True)
class Price:
    """What a unit of use costs: as a float with its relative error, and whether some cannot pay their part."""

    value: float
    error: float
    all_can: bool


@dataclass(frozen=True)
class Purchase:
    """One round: what was bought, at which price per unit of use, what was equally cheap."""

    place: int
    price: float
    exact: Fraction | None
    tied: tuple[int, ...]
    short: int  # people who gave all they had left, and it was less than their part
    people: int


@dataclass
class Market:
    """What stays the same for every size of the purses."""

    items: Sequence[Item]
    groups: int
    order: list[int]


class Purses:
    """One run with one purse size."""

    def __init__(self, market: Market, share: Fraction) -> None:
        self.market = market
        self.share = share
        self.purse: Floats = np.full(market.groups, float(share))
        self.error: Floats = np.full(market.groups, ROUNDING * float(share))
        self.bought: list[Purchase] = []
        self._by_place = {item.place: item for item in market.items}
        self._exact: npt.NDArray[np.object_] | None = None
        self._denominator = share.denominator
        self._settled = 0  # purchases that the exact purses know

    def run(self, limit: int | None = None) -> list[Purchase]:
        """Buy until nobody can buy anything. With `limit`, stop as soon as more than that was spent."""
        heap = [(item.cost / item.total_use, item.place) for item in self.market.items]
        heapq.heapify(heap)
        spent = 0
        while (found := self._cheapest(heap)) is not None:
            self._buy(*found)
            spent += self._by_place[found[0].place].cost
            if limit is not None and spent > limit:
                break
        return self.bought

    def _cheapest(self, heap: list[tuple[float, int]]) -> tuple[Item, Price, Fraction | None, tuple[int, ...]] | None:
        """The next purchase; prices only rise from round to round, so those in the heap are lower bounds."""
        looked: list[tuple[Price, int]] = []
        best = float("inf")
        while heap and heap[0][0] <= best * (1 + 4 * NEAR):
            lower, place = heapq.heappop(heap)
            price = self._price(self._by_place[place], lower * (1 - 2 * NEAR))
            if price is None:
                continue
            looked.append((price, place))
            best = min(best, price.value)
        if not looked:
            return None
        near = [(price, place) for price, place in looked if price.value <= best * (1 + 4 * NEAR)]
        price, chosen = min(near, key=lambda pair: pair[0].value)
        exact: Fraction | None = None
        tied: tuple[int, ...] = (chosen,)
        if len(near) > 1:
            prices = {place: self._exact_price(self._by_place[place], price.all_can) for price, place in near}
            exact = min(value for value in prices.values() if value is not None)
            tied = tuple(sorted(place for place, value in prices.items() if value == exact))
            chosen = min(tied, key=self.market.order.__getitem__)
            price = next(price for price, place in near if place == chosen)
        for seen, place in looked:
            if place != chosen:
                heapq.heappush(heap, (seen.value, place))
        return self._by_place[chosen], price, exact, tied

    def _price(self, item: Item, lower: float) -> Price | None:
        """What a unit of use costs its supporters now, at least `lower`; None when together they cannot pay."""
        purse = self.purse[item.groups]
        worth = purse if item.weight is None else purse * item.weight
        unsure = float(self.error[item.groups].sum() if item.weight is None else self.error[item.groups] @ item.weight)
        has = float(worth.sum())
        slack = unsure + ROUNDING * has
        if has < item.cost - slack:
            return None
        if has <= item.cost * (1 + NEAR) + slack:
            return self._exactly(item)
        value = lower
        people, poor_count = item.total_use, -1
        poor_money = 0.0
        while True:
            poor = purse < value * item.use_f
            count = int(poor.sum())
            if count == poor_count:
                break
            if count < poor_count:  # a purse lies on the edge to the last digit: floats would go to and fro for ever
                return self._exactly(item)
            poor_count = count
            if count == len(purse):
                return self._exactly(item)
            poor_money = float(worth[poor].sum()) if count else 0.0
            rich = people - item.whole(poor) if count else people
            value = (item.cost - poor_money) / rich
        errors = self.error[item.groups[poor]] if poor_count else np.zeros(0)
        weights = item.weight[poor] if item.weight is not None and poor_count else None
        off = float(errors.sum() if weights is None else errors @ weights) + ROUNDING * item.cost
        relative = off / (item.cost - poor_money)
        if relative > NEAR / 2:
            return self._exactly(item)
        all_can = not poor_count and bool((purse > value * item.use_f * (1 + NEAR)).all())
        return Price(value, relative, all_can)

    def _exactly(self, item: Item) -> Price | None:
        exact = self._exact_price(item, all_can=False)
        return None if exact is None else Price(float(exact), ROUNDING, all_can=False)

    def _exact_price(self, item: Item, all_can: bool) -> Fraction | None:  # noqa: FBT001 - says what is known already
        if all_can:
            return Fraction(item.cost, item.total_use)
        return self._price_of(item, self._settle())

    def _price_of(self, item: Item, purses: npt.NDArray[np.object_]) -> Fraction | None:
        """Poor and rich, in whole numbers: purses are over the common denominator."""
        purse = purses[item.groups]
        weight = item.weight.astype(np.int64).astype(object) if item.weight is not None else None
        worth = purse if weight is None else purse * weight
        need = item.cost * self._denominator
        if int(worth.sum()) < need:
            return None
        use = np.full(len(purse), item.use, dtype=object) if isinstance(item.use, int) else item.use.astype(object)
        used = use if weight is None else use * weight
        poor = np.zeros(len(purse), dtype=np.bool_)
        top, bottom = need, item.total_use
        while True:
            now = (purse * bottom < use * top).astype(np.bool_)
            if (now == poor).all():
                return Fraction(top, bottom * self._denominator)
            poor = now
            top = need - int(worth[poor].sum())
            bottom = item.total_use - int(used[poor].sum())

    def _settle(self) -> npt.NDArray[np.object_]:
        """Bring the exact purses up to the last purchase, and the floats to them."""
        if self._exact is None:
            self._exact = np.full(self.market.groups, self.share.numerator, dtype=object)
        if self._settled == len(self.bought):
            return self._exact
        for number in range(self._settled, len(self.bought)):
            purchase = self.bought[number]
            item = self._by_place[purchase.place]
            exact = purchase.exact or self._price_of(item, self._exact)
            if exact is None:  # floats said that they can pay, beyond any error
                raise AssertionError(f"{item.place} was bought and could not be paid")
            self.bought[number] = Purchase(
                purchase.place, float(exact), exact, purchase.tied, purchase.short, purchase.people
            )
            factor = exact.denominator // gcd(self._denominator, exact.denominator)
            if factor != 1:
                self._exact *= factor
                self._denominator *= factor
            part = (
                exact.numerator
                * (self._denominator // exact.denominator)
                * (item.use if isinstance(item.use, int) else item.use.astype(object))
            )
            paid = self._exact[item.groups] - part
            paid[(paid < 0).astype(np.bool_)] = 0
            self._exact[item.groups] = paid
        self._settled = len(self.bought)
        denominator = self._denominator
        self.purse = np.array([money / denominator for money in self._exact], dtype=np.float64)
        self.error = self.purse * ROUNDING
        return self._exact

    def exact_prices(self) -> list[Purchase]:
        """All purchases with their exact price."""
        self._settle()
        return self.bought

    def _buy(self, item: Item, price: Price, exact: Fraction | None, tied: tuple[int, ...]) -> None:
        purse = self.purse[item.groups]
        part = price.value * item.use_f
        poor = purse < part
        short = int(poor.sum() if item.weight is None else item.weight[poor].sum())
        if exact is None and price.all_can:
            exact = Fraction(item.cost, item.total_use)
        self.purse[item.groups] = np.where(poor, 0.0, purse - part)
        self.error[item.groups] = np.where(
            purse < part * (1 - NEAR), 0.0, self.error[item.groups] + (price.error + ROUNDING) * part
        )
        self.bought.append(Purchase(item.place, price.value, exact, tied, short, item.people))

    def money_behind(self, item: Item) -> float:
        """What the supporters of an option still have together."""
        purse = self.purse[item.groups]
        return float(purse.sum() if item.weight is None else purse @ item.weight)
