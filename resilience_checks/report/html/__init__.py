"""The report as one HTML file for auditors: each module makes what one section shows, `templates/` how."""
