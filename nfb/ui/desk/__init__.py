"""The practice side of the window: today's clients, a client's page, scales, recordings."""
