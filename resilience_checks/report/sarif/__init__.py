"""The report as SARIF 2.1.0, the form that code scanning and other readers of static analysis take."""
