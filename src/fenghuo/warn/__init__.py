"""Is it a crisis, how bad, how fast? Detectors, alerts, advance."""
