"""The outside checker: recounts proposals from the contract alone, with no code of Kring's."""
