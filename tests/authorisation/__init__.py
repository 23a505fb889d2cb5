"""Who may call what: every operation of every service by everybody, from their own OpenAPI documents."""
