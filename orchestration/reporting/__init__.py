"""The progress report (voortgangsrapportage): one page for people, made of nothing but a published file.

What a figure is, and whether a norm was met, is decided by the models; here it is only told. What a person reads in
the terminal stands in `report`, and what a supplier gets back in `supplier_report`. The parts load when a report is
made, so that importing the project loads none of them.
"""
