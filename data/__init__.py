"""Package data: the sample wiki."""
