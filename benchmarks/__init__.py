"""What measures: every figure in docs/performance.md is printed by a module here."""
