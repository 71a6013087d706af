"""The command `stoker costs`."""
