"""What the office runs by: definitions in words, automated runs, what got stuck, other systems, disposal."""
