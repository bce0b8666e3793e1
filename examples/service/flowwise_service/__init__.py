"""The reference service: the smallest application that keeps the contract of docs/application-contract.md.

One image is either microservice of Flow Wise, by what its settings say: who is told to publish an event is lancamentos,
and registers entries; who is told to consume it is consolidacao, and keeps each day's balance.
"""
