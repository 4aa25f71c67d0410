"""What the records say: news of a linked record against its shadow, and values that have no base yet."""
