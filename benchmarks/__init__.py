"""Programs that print ratios: this post beside its peers, and beside the limit."""
