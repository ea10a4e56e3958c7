"""What every room stands on: arrays, domains, errors, links, row blocks, wording."""
