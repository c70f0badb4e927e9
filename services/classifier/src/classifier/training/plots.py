"""The confusion and calibration plots, as SVG without a plotting library."""

from html import escape

from classifier.training.figures import Figures

_CELL = 22
_MARGIN = 170


def confusion_plot(figures: Figures, largest: int = 30) -> str:
    """A square of true (rows) against said (columns) labels, darker for more; the most frequent labels only."""
    labels = [item.label for item in sorted(figures.classes, key=lambda item: -item.rows)[:largest]]
    counts = dict(figures.confusion)
    rows_of = {item.label: item.rows for item in figures.classes}
    size = _MARGIN + _CELL * len(labels) + 20
    parts = [_head(size, size)]
    for row, truth in enumerate(labels):
        y = _MARGIN + row * _CELL
        parts.append(_text(_MARGIN - 6, y + 15, truth, "end"))
        parts.append(
            f'<text font-size="11" text-anchor="start" transform="translate({y + 15},{_MARGIN - 6}) rotate(-60)">'
            f"{escape(truth)}</text>"
        )
        for column, said in enumerate(labels):
            count = counts.get((truth, said), 0)
            share = count / rows_of[truth]
            fill = f"rgb({round(255 - 200 * share)},{round(255 - 140 * share)},255)"
            x = _MARGIN + column * _CELL
            parts.append(
                f'<rect x="{x}" y="{y}" width="{_CELL - 1}" height="{_CELL - 1}" fill="{fill}">'
                f"<title>{escape(truth)} → {escape(said)}: {count}</title></rect>"
            )
    return "".join([*parts, "</svg>"])


def calibration_plot(figures: Figures) -> str:
    """Confidence (across) against the share that was right (up); the diagonal is honesty."""
    side, edge = 320, 40
    parts = [_head(side + 2 * edge, side + 2 * edge)]
    parts.append(f'<rect x="{edge}" y="{edge}" width="{side}" height="{side}" fill="none" stroke="#999"/>')
    parts.append(f'<line x1="{edge}" y1="{edge + side}" x2="{edge + side}" y2="{edge}" stroke="#bbb"/>')
    for confidence, right, rows in figures.calibration:
        x, y = edge + side * confidence, edge + side * (1 - right)
        radius = 3 + min(rows, 400) ** 0.5 / 2
        parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="#2b6cb0" fill-opacity="0.7">'
            f"<title>{confidence:.2f} → {right:.2f} ({rows})</title></circle>"
        )
    parts.append(_text(edge + side // 2, edge + side + 28, "confidence", "middle"))
    parts.append(_text(edge, edge - 12, "share right", "start"))
    return "".join([*parts, "</svg>"])


def _head(width: int, height: int) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="sans-serif">'
        f'<rect width="{width}" height="{height}" fill="white"/>'
    )


def _text(x: int, y: int, words: str, anchor: str) -> str:
    return f'<text x="{x}" y="{y}" font-size="11" text-anchor="{anchor}">{escape(words)}</text>'
