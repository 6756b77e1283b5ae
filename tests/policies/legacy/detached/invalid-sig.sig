This is no signature at all.
