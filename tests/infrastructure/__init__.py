"""PostgreSQL and RabbitMQ for tests: one of each per pytest run, a database and a namespace per module."""
