"""The work directory: where tasks leave what must not travel through the scheduler."""
