"""Requests that are almost right, and a reader of answers that forgives nothing."""
