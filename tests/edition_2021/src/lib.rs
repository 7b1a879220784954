//! Nothing of its own: the package exists for its tests, which are the root package's `shapes`.
