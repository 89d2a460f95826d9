"""Fictitious deliveries for trying out the warehouse: a generator, one story per registration, and their totals.

Nothing here is read by the road from delivery to figure, and nothing here is about a real person, case or place.
"""
