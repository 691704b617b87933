"""The query language: lexer, parser, tree, automaton, match, explain. Pure."""
