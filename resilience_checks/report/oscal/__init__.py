"""The report as OSCAL assessment results (NIST, 1.2.1), the form that tools of auditors read."""
