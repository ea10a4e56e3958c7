"""What every distribution is: the one spelling of its methods, parameters and shapes."""
