"""Widgets that draw what they are given and decide nothing."""
