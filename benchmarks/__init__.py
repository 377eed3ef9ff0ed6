"""What is claimed about speed, measured: whole processes, alternating, ratios within one run."""
