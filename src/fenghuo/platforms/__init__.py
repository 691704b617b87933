"""One file a social platform or feed; none imports another."""
