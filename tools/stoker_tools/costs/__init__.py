"""The price of each piece of work: operations that the tests assert, measured seconds, and a list of prices."""
