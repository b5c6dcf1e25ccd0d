"""What each committed file is made from, and how. `dlcore.data.make` makes the files."""
