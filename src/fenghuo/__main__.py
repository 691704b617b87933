"""`python -m fenghuo` is the same as `fenghuo`."""

from fenghuo.cli import main

if __name__ == "__main__":
    main()
