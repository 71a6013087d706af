"""What is made from the models: rules, indexes, and the clients' types."""
