"""Looks into a running system from outside its services: asks each over HTTP and puts the answers together."""
