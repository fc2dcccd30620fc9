"""A simulated company: vendors, orders, receipts, tickets, surveys and proposals, and a present that moves on."""

from sandbox.world.world import DEFAULT_SEED, FIRST_NOW, LAST_NOW, Truth, World

__all__ = ["DEFAULT_SEED", "FIRST_NOW", "LAST_NOW", "Truth", "World"]
