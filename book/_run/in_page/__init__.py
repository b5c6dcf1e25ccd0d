"""Python's side of Run: it comes to the page with dlcore, and runs there."""
