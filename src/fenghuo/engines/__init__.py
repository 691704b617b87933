"""Where the listening runs: the embedded engine and the system's clock."""
