"""Places for the boxes of a drawing: in layers from the variables down to the result (Sugiyama's method).

A node stands in the layer below its lowest operand. A variable, and an operation on variables that nothing else uses,
moves down to the layer right above its first use. An edge over several layers takes a place in each layer that it
crosses, so that it bends around boxes. The order within a layer follows the mean places of the neighbours
(barycenters). The places are those that are nearest to these means without overlap: an isotonic regression, solved by
pooling adjacent violators.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from exprgrad.functions.numerics.ieee import plain_sum

HEIGHT, DISTANCE, GAP = 58.0, 112.0, 22.0
"""Height of a box, distance of the layers, least gap between boxes of a layer; in pixels."""

_SWEEPS = 8
_BENDS = 20_000
"""The most bends of all edges together; if there were more, the edges run straight."""


class Layout(NamedTuple):
    """The middle of each box, and the size of the whole."""

    centers: list[tuple[float, float]]
    bends: list[list[tuple[float, float]]]
    """For each edge the middles of the layers that it crosses."""
    width: float
    height: float


def layout(widths: Sequence[float], edges: Sequence[tuple[int, int]]) -> Layout:
    """Places for boxes of these widths, with edges from operands to nodes; operands have the lower numbers."""
    layers = _layers(len(widths), edges)
    sizes, chains = list(widths), [[operand, node] for operand, node in edges]
    if sum(layers[node] - layers[operand] - 1 for operand, node in edges) <= _BENDS:
        for chain, (operand, node) in zip(chains, edges, strict=True):
            for layer in range(layers[operand] + 1, layers[node]):
                chain.insert(-1, len(layers))
                layers.append(layer)
                sizes.append(0.0)
    x = _across(sizes, layers, [pair for chain in chains for pair in pairwise(chain)])
    left = min((x[k] - size / 2 for k, size in enumerate(sizes)), default=0.0)
    right = max((x[k] + size / 2 for k, size in enumerate(sizes)), default=0.0)
    centers = [(x[k] - left + GAP, layers[k] * DISTANCE + HEIGHT / 2 + GAP) for k in range(len(sizes))]
    bends = [[centers[k] for k in chain[1:-1]] for chain in chains]
    return Layout(
        centers[: len(widths)], bends, right - left + 2 * GAP, max(layers, default=0) * DISTANCE + HEIGHT + 2 * GAP
    )


def _layers(count: int, edges: Sequence[tuple[int, int]]) -> list[int]:
    """The layer of each node, 0 at the top: see above."""
    above: list[list[int]] = [[] for _ in range(count)]
    below: list[list[int]] = [[] for _ in range(count)]
    for operand, node in edges:
        above[node].append(operand)
        below[operand].append(node)
    layers, free = [0] * count, [True] * count
    for node in range(count):
        layers[node] = max((layers[operand] + 1 for operand in above[node]), default=0)
        free[node] = all(free[operand] and len(below[operand]) == 1 for operand in above[node])
    for node in range(count - 1, -1, -1):
        if free[node] and below[node]:
            layers[node] = min(layers[user] for user in below[node]) - 1
    return layers


def _across(sizes: Sequence[float], layers: Sequence[int], edges: Sequence[tuple[int, int]]) -> list[float]:
    """The places of boxes and bends within their layers."""
    above: list[list[int]] = [[] for _ in sizes]
    below: list[list[int]] = [[] for _ in sizes]
    for upper, lower in edges:
        above[lower].append(upper)
        below[upper].append(lower)
    layered: list[list[int]] = [[] for _ in range(max(layers, default=-1) + 1)]
    for node in _depth_first(above, below):
        layered[layers[node]].append(node)
    x = [0.0] * len(sizes)
    for boxes in layered:
        _place(boxes, [0.0] * len(boxes), sizes, x)
    for sweep in range(_SWEEPS):
        neighbours = above if sweep % 2 == 0 else below
        for boxes in layered if sweep % 2 == 0 else reversed(layered):
            wanted = {node: _mean([x[k] for k in neighbours[node]], x[node]) for node in boxes}
            boxes.sort(key=wanted.__getitem__)
            _place(boxes, [wanted[node] for node in boxes], sizes, x)
    return x


def _depth_first(above: list[list[int]], below: list[list[int]]) -> list[int]:
    """The nodes in an order in which operands stand from left to right, as in the expression."""
    order: list[int] = []
    seen = bytearray(len(above))
    for root in range(len(above) - 1, -1, -1):
        stack = [] if below[root] else [root]
        while stack:
            node = stack.pop()
            if not seen[node]:
                seen[node] = 1
                order.append(node)
                stack.extend(reversed(above[node]))
    return order


def _mean(places: list[float], otherwise: float) -> float:
    return plain_sum(places) / len(places) if places else otherwise


def _place(boxes: list[int], wanted: list[float], sizes: Sequence[float], x: list[float]) -> None:
    """Put the boxes of a layer, in this order, as near to the wanted places as they fit (least squares)."""
    offsets, end = [], 0.0
    for node in boxes:
        offsets.append(end + sizes[node] / 2)
        end += sizes[node] + GAP
    pools: list[tuple[float, int]] = []  # of boxes side by side: the mean of place - offset, and how many boxes
    for place, offset in zip(wanted, offsets, strict=True):
        mean, size = place - offset, 1
        while pools and pools[-1][0] >= mean:
            before, count = pools.pop()
            mean = (before * count + mean * size) / (count + size)
            size += count
        pools.append((mean, size))
    shifts = [mean for mean, size in pools for _ in range(size)]
    for node, offset, shift in zip(boxes, offsets, shifts, strict=True):
        x[node] = offset + shift
