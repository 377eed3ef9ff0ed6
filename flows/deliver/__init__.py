"""Delivery: who gets which edition, the outbox, and the handing over by SMTP.

Touches `briefings/` for reading and `outbox/` for writing, and the mail server of the settings.
`deliver` is imported from `flows.deliver.delivery`, so that reading this package costs nothing.
"""
