//! Nothing; the test is beside it, in `tests`, and what it has compiled in `cases`.
