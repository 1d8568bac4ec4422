"""Tryton's price lists, read as prices: a formula for each line, the first line that fits counts.

Pure. Formulas may use numbers, + - * /, brackets and the names unit_price, list_price and cost_price;
what goes beyond that is not guessed at: such a line gives no price.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

MAX_FORMULA = 500

_BINARY: dict[type[ast.operator], Callable[[Decimal, Decimal], Decimal]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


class CannotReadFormula(Exception):
    """The formula uses something Obeya does not understand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a price list, in its order; product and category None mean any."""

    product: int | None
    category: int | None
    quantity: Decimal | None
    formula: str


def value(formula: str, names: Mapping[str, Decimal | None]) -> Decimal:
    """What a formula gives. Raises CannotReadFormula."""
    if len(formula) > MAX_FORMULA:
        raise CannotReadFormula(formula[:40])
    try:
        return _value(ast.parse(formula.strip(), mode="eval").body, names, formula)
    except (SyntaxError, InvalidOperation, ZeroDivisionError, RecursionError) as error:
        raise CannotReadFormula(formula) from error


def _value(node: ast.expr, names: Mapping[str, Decimal | None], formula: str) -> Decimal:
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return Decimal(ast.get_source_segment(formula.strip(), node) or str(node.value))
    if isinstance(node, ast.Name):
        known = names.get(node.id)
        if known is not None:
            return known
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_value(node.operand, names, formula)
    if isinstance(node, ast.BinOp) and type(node.op) in _BINARY:
        left, right = _value(node.left, names, formula), _value(node.right, names, formula)
        return _BINARY[type(node.op)](left, right)
    raise CannotReadFormula(formula)


def breaks(
    lines: Sequence[Line],
    *,
    product: int,
    categories: Sequence[int],
    names: Mapping[str, Decimal | None],
) -> list[tuple[Decimal, Decimal]]:
    """(from quantity, unit price) steps of one product, quantities rising; lines beyond us are skipped."""
    fitting = [
        line
        for line in lines
        if line.product in (None, product) and (line.category is None or line.category in categories)
    ]
    steps: list[tuple[Decimal, Decimal]] = []
    for start in sorted({line.quantity or Decimal(0) for line in fitting}):
        first = next((line for line in fitting if (line.quantity or Decimal(0)) <= start), None)
        if first is None:
            continue
        try:
            price = value(first.formula, names).quantize(Decimal("0.0001"))
        except (CannotReadFormula, InvalidOperation):
            continue
        if not steps or steps[-1][1] != price:
            steps.append((start, price))
    return steps
