"""Tests of Inzwa; folders mirror the packages."""
