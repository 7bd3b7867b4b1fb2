#!/usr/bin/env python3
"""Turns captured terminal output into an SVG that is readable on a light and on a dark page.

docs/demo.svg is the end of a real run, in a terminal of 100 columns:

    tmux new-session -d -s demo -x 100 -y 60 './winnow demo 2>/dev/null; tmux wait-for -S seen; sleep 60'
    tmux wait-for seen
    tmux capture-pane -e -p -S - -t demo | docs/terminal-svg.py > docs/demo.svg
"""
import re
import sys
from xml.sax.saxutils import escape

WIDTH, HEIGHT, MARGIN = 8.4, 19, 18
COLOURS = {"31": "bad", "32": "good", "33": "warn", "36": "accent"}
STYLE = """
text { font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #24292f; white-space: pre }
.back { fill: #f6f8fa; stroke: #d0d7de }
.bold { font-weight: 600 } .dim { fill: #656d76 }
.bad { fill: #b42318 } .good { fill: #116329 } .warn { fill: #8a5a00 } .accent { fill: #0550ae }
@media (prefers-color-scheme: dark) {
  text { fill: #d6dde4 } .back { fill: #12171d; stroke: #333b44 } .dim { fill: #8d96a0 }
  .bad { fill: #ff8a80 } .good { fill: #5fd38d } .warn { fill: #e3b341 } .accent { fill: #79c0ff }
}"""


classes = set()  # tmux carries attributes over the ends of lines


def spans(line):
    """Pieces of a line: column, classes, text."""
    global classes
    column = 0
    for part in re.split(r"(\x1b\[[\d;]*m)", line):
        if part.startswith("\x1b"):
            for code in part[2:-1].split(";"):
                if code in ("", "0"):
                    classes = set()
                elif code == "39":
                    classes -= set(COLOURS.values())
                elif code == "22":
                    classes -= {"bold", "dim"}
                elif code in ("1", "2"):
                    classes.add({"1": "bold", "2": "dim"}[code])
                elif code in COLOURS:
                    classes = (classes - set(COLOURS.values())) | {COLOURS[code]}
        elif part:
            for piece in re.finditer(r"\S+(?: \S+)*", part):
                yield column + piece.start(), " ".join(sorted(classes)), piece.group()
            column += len(part)


def main():
    lines = [line.rstrip() for line in sys.stdin.read().rstrip().split("\n")]
    columns = max(len(re.sub(r"\x1b\[[\d;]*m", "", line)) for line in lines)
    width, height = columns * WIDTH + 2 * MARGIN, len(lines) * HEIGHT + 2 * MARGIN
    print(f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height}" '
          f'viewBox="0 0 {width:.0f} {height}" role="img" aria-label="A run of winnow demo in a terminal">')
    print(f"<style>{STYLE}\n</style>")
    print(f'<rect class="back" x=".5" y=".5" width="{width - 1:.0f}" height="{height - 1}" rx="8"/>')
    for number, line in enumerate(lines):
        for column, names, text in spans(line):
            # the length is fixed, so that columns line up whatever font there is
            print(f'<text x="{MARGIN + column * WIDTH:.1f}" y="{MARGIN + number * HEIGHT + 14}" '
                  f'textLength="{len(text) * WIDTH:.1f}" lengthAdjust="spacingAndGlyphs" '
                  f'class="{names}">{escape(text)}</text>')
    print("</svg>")


main()
