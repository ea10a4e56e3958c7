"""Tables: x as a user has it, and the matrix that the network sees."""
