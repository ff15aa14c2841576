"""What shells are told when the user presses the tab key."""
