"""Fenghuo 烽火: hears a social-media crisis early and carries a brand's team through it."""
