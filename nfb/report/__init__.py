"""Learning metrics, and reports of sessions and courses, from recordings alone."""
