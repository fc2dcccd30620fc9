"""Charts as SVG text: frozen data in, a picture out.

A chart takes its colours from CSS custom properties (`colours.py` has their names), so the page decides between light
and dark; `colours.fixed` writes one set of colours into a picture for readers without custom properties, such as a PDF.
The same data gives the same bytes. Missing data is a gap, never zero.
"""
