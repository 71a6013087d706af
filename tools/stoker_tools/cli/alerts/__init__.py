"""The command `stoker alerts`."""
