"""What the rows say: a sample of them, their frequencies, and where the response does something."""
