"""How quick the product is, as ratios within one run: `./run bench`; `--keep` writes docs/performance.md."""
