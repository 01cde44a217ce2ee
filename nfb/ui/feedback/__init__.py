"""What the client looks at: one small module per mode, a registry, and the limiter that every frame passes last."""
