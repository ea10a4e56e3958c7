"""Networks: pure layers from x to raw outputs."""
