//! Nothing of its own: the package exists for its tests, which are some of the root package's.
