"""Answers TCP for every port with a believable service behind each, and tells who asked."""

__version__ = "0.1.0"
