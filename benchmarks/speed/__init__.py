"""The parts of the speed benchmarks: workloads, ours, and what they are compared with."""
