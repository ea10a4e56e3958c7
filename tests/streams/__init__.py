"""Streams: tables larger than memory."""
