"""What is knowledge and not code; each file names its source."""
