"""What a running engine shows through the Analyzer protocol, joined with an offline run."""
