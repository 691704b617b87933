"""What do we do and say? Empty until the crisis room is built."""
