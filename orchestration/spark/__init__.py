"""The models on Apache Spark: the same compiled SQL, for when the rows outgrow one machine.

Nothing here is imported unless the setting asks for it. What stays on one machine (loading, lists, tests, models in
Python, the border out, the publication) knows nothing of it: each table that Spark makes comes back into the warehouse.
"""
