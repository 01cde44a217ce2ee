"""The settings page, and how what is chosen there takes effect."""
