"""The colours of all pictures."""

BLUE, ORANGE, GREY = "#2f6fb0", "#d9822b", "#9aa5b1"
COLORS = (BLUE, ORANGE, "#3a9d6e", "#b0558f", "#8a7a2f", "#5b5fc7")  # of lines beside each other
