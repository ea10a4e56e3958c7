"""Seeded fuzzers: whatever comes in, out comes a result or an error of one sentence, soon and without a warning.

Each draws input i of a seed by itself, so that a failure names all that is needed to draw it again. A plain run takes
few inputs, `-m slow` more; `LIKELINET_FUZZ=250000` says how many instead, and `LIKELINET_FUZZ_SEED` which ones. What
was found is in `corpus.py`, and tried as well.
"""
