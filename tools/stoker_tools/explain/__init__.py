"""The reasons why the rules would refuse a client's write to Firestore."""
