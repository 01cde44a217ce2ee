"""The imperative shell around a session: pump, pacing, commands, supervision of the link. No Qt."""
