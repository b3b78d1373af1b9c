"""What is kept, in both databases."""
