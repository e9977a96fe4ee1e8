"""Station 7: a report in the form its reader takes."""
