"""Recipes for Inzwa's own small adapters. Nothing at run time imports them; docs/training.md has every number."""
