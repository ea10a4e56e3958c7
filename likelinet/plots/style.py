"""The colours of all pictures."""

BLUE, ORANGE, GREY = "#2f6fb0", "#d9822b", "#9aa5b1"
