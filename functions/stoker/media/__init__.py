"""Video: a user's file goes in, what was asked for comes out. Whatever reads the file is a confined child process."""
