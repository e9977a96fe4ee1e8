"""The vocabulary that every station shares: values, resources, graphs, locations, questions, results."""
