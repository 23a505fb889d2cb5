"""What no single room can show: contracts between rooms, several services together, faults, the browser."""
