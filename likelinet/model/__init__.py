"""The model: declared, fitted, asked, saved."""
