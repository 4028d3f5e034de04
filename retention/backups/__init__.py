"""Copies of everything the portal keeps, sealed, with content and keys apart (ADR 36)."""
