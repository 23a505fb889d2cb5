"""The post: outbox, relay, broker, inbox, consumer."""
