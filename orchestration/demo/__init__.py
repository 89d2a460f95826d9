"""Fictitious deliveries for trying out the warehouse: a generator, and one scenario per registration.

Nothing here is read on the road from delivery to figure. No person, case or place in it is real.
"""
