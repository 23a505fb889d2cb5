"""The catalogs of the pages' sentences, and how they are kept equal to what the sources say."""
