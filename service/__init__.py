"""What organisers do: candidates, programmes, proposals, reports, and the command line."""
