"""Draws small pictures of plain shapes, as PNG, with nothing but the standard library; the same shapes give the same
bytes.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import sqrt

WIDTH, HEIGHT = 80, 60
"""The field that shapes are placed on."""
SCALE = 8
Colour = tuple[int, int, int]
Span = tuple[float, float]
Spans = Callable[[float], Iterable[Span]]
"""From where to where a shape reaches at a height."""


def draw(shapes: Sequence[str], tones: Mapping[str, Colour], above: Colour, below: Colour) -> bytes:
    """A PNG of 640 x 480: the shapes, one over the other, before a ground that goes from one colour to another."""
    height = HEIGHT * SCALE
    rows = [bytearray(bytes(mixed(above, below, y / height)) * (WIDTH * SCALE)) for y in range(height)]
    _fill(rows, 49.0, 55.0, _ellipse(40, 52, 27, 3), mixed(below, (0, 0, 0), 0.1))
    for shape in shapes:
        kind, *numbers, tone = shape.split()
        _fill(rows, *_SHAPES[kind](numbers), tones[tone])
    return png(rows, WIDTH * SCALE)


def png(rows: Iterable[bytes | bytearray], width: int) -> bytes:
    """Rows of three bytes a pixel as a PNG."""
    lines = [b"\0" + bytes(row) for row in rows]
    head = struct.pack(">IIBBBBB", width, len(lines), 8, 2, 0, 0, 0)
    parts = [(b"IHDR", head), (b"IDAT", zlib.compress(b"".join(lines), 6)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(part)) + kind + part + struct.pack(">I", zlib.crc32(kind + part)) for kind, part in parts
    )


def mixed(one: Colour, other: Colour, share: float) -> Colour:
    """A colour between two, with so much of the other."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def colour(text: str) -> Colour:
    """Read #rrggbb."""
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def _fill(rows: list[bytearray], top: float, bottom: float, spans: Spans, tone: Colour) -> None:
    first, last = max(0, round(top * SCALE)), min(len(rows), round(bottom * SCALE))
    for y in range(first, last):
        for left, right in spans((y + 0.5) / SCALE):
            _line(rows[y], max(0.0, left * SCALE), min(float(WIDTH * SCALE), right * SCALE), tone)


def _line(row: bytearray, left: float, right: float, tone: Colour) -> None:
    """Colour a row from one place to another; a pixel that is half inside is half coloured."""
    start, end = int(left) + 1, int(right)
    if right <= left:
        return
    if end > start:
        row[start * 3 : end * 3] = bytes(tone) * (end - start)
    _tint(row, start - 1, start - left, tone)
    _tint(row, end, right - end, tone)


def _tint(row: bytearray, x: int, share: float, tone: Colour) -> None:
    if share > 0 and 0 <= x < WIDTH * SCALE:
        at = x * 3
        row[at : at + 3] = bytes(mixed((row[at], row[at + 1], row[at + 2]), tone, min(1.0, share)))


def _ellipse(cx: float, cy: float, rx: float, ry: float) -> Spans:
    def spans(y: float) -> list[Span]:
        inside = 1 - ((y - cy) / ry) ** 2
        half = rx * sqrt(inside) if inside > 0 else 0
        return [(cx - half, cx + half)] if half else []

    return spans


def _outline(cx: float, cy: float, rx: float, ry: float, width: float) -> Spans:
    outer, inner = _ellipse(cx, cy, rx, ry), _ellipse(cx, cy, rx - width, ry - width)

    def spans(y: float) -> list[Span]:
        hole = list(inner(y))
        return [
            piece
            for left, right in outer(y)
            for piece in ([(left, hole[0][0]), (hole[0][1], right)] if hole else [(left, right)])
        ]

    return spans


def _box(x0: float, y0: float, x1: float, y1: float, radius: float) -> Spans:
    def spans(y: float) -> list[Span]:
        off = max(y0 + radius - y, y - (y1 - radius), 0.0)
        cut = radius - sqrt(max(0.0, radius**2 - off**2))
        return [(x0 + cut, x1 - cut)]

    return spans


def _polygon(points: Sequence[tuple[float, float]]) -> Spans:
    edges = list(zip(points, [*points[1:], points[0]], strict=True))

    def spans(y: float) -> list[Span]:
        crossed = sorted(
            ax + (y - ay) * (bx - ax) / (by - ay) for (ax, ay), (bx, by) in edges if (ay <= y < by) or (by <= y < ay)
        )
        return list(zip(crossed[::2], crossed[1::2], strict=False))

    return spans


Placed = tuple[float, float, Spans]


def _round(upper: bool, lower: bool) -> Callable[[list[str]], Placed]:
    def place(numbers: list[str]) -> Placed:
        cx, cy, rx, ry = map(float, numbers)
        return cy - ry if upper else cy, cy + ry if lower else cy, _ellipse(cx, cy, rx, ry)

    return place


def _ring(numbers: list[str]) -> Placed:
    cx, cy, rx, ry, width = map(float, numbers)
    return cy - ry, cy + ry, _outline(cx, cy, rx, ry, width)


def _boxed(numbers: list[str]) -> Placed:
    x0, y0, x1, y1, radius = map(float, numbers)
    return y0, y1, _box(x0, y0, x1, y1, radius)


def _cornered(numbers: list[str]) -> Placed:
    points = [(float(x), float(y)) for x, _, y in (each.partition(",") for each in numbers)]
    heights = [y for _, y in points]
    return min(heights), max(heights), _polygon(points)


_SHAPES: dict[str, Callable[[list[str]], Placed]] = {
    "e": _round(upper=True, lower=True),
    "h": _round(upper=True, lower=False),
    "u": _round(upper=False, lower=True),
    "o": _ring,
    "b": _boxed,
    "p": _cornered,
}
