"""The local mailbox: it takes every mail that the system sends, delivers none, and shows them all."""
