"""The processes that this service has besides those of every service; each module is one."""
