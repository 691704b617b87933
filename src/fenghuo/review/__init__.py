"""What did we learn? Empty until reviews are built."""
