"""What others rely on: stored bodies still load, and the documents say what the code says."""
