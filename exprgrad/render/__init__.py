"""Results to text: tables for people, plain lines, JSON and CSV for programs."""
