"""How good a map of labels is, against truth or against another map: pure counting, window by window."""
