"""The nouns (frozen values), the facts (past-tense events) and the error tree."""
