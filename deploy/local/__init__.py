"""The whole marketplace on one machine: no root, no Docker needed, nothing outside this folder."""
