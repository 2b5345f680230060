"""What is measured as a process of its own and is no command of ours or of another program."""
