"""What is being said? Intake, the query language, understanding of text, stories."""
