"""The children's pages: write, the picture code, read replies, write back, help. No rules of its own."""
