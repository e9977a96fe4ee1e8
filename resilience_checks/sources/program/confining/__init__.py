"""What keeps a program under check from credentials, network, files and other processes; standard library alone.

Run by the checker's own Python without its packages, so that every import counts towards the start of each program.
"""
