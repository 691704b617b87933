"""One file a model or service that encodes, understands, translates or drafts."""
