"""The record of runs, one folder each: written, followed and folded into facts. `analysis` judges them."""
